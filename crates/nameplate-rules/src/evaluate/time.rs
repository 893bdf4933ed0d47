//! `parse_time` and `time_to_epoch`.

use super::{Evaluation, Scope};
use crate::lookup::Stop;
use crate::syntax::ast::Call;
use crate::syntax::function::Function;
use crate::time;
use crate::value::Value;

impl<'a> Evaluation<'a> {
    pub(super) fn time(&mut self, call: &'a Call, scope: Scope<'a, '_>) -> Result<Value<'a>, Stop> {
        let version = self.version;
        let first = self.argument(call, 0, scope)?;
        let second = self.argument(call, 1, scope)?;
        let Some(first) = first.to_text(version) else {
            return Ok(Value::Undefined);
        };
        self.spend(50 + first.len() as u64)?;
        if call.function == Function::TimeToEpoch {
            let Some(pattern) = second.to_text(version) else {
                return Ok(Value::Undefined);
            };
            self.spend(pattern.len() as u64)?;
            return Ok(time::epoch_ms(&first, &pattern).map_or(Value::Undefined, Value::int));
        }
        let Some(ms) = second.to_index().and_then(|ms| i64::try_from(ms).ok()) else {
            return Ok(Value::Undefined);
        };
        let zone = self.argument(call, 2, scope)?;
        let zone = match (&zone, call.arguments.len()) {
            (_, 2) => Some("UTC".into()),
            (zone, _) => zone.to_text(version),
        };
        Ok(zone
            .and_then(|zone| time::formatted(&first, ms, &zone))
            .map_or(Value::Undefined, Value::text))
    }
}
