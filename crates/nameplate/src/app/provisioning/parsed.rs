//! Templates that the service runs for devices, each taken apart once.

use nameplate_core::template::{Template, TemplateError, TemplateKind};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// Templates that are kept; beyond that all are forgotten and read again.
const KEPT: usize = 256;

/// Templates by their texts.
#[derive(Debug, Default)]
pub(crate) struct ParsedTemplates(Mutex<HashMap<String, Arc<Template>>>);

impl ParsedTemplates {
    /// A template whose device is not trusted with names that begin with `AWS::`, since the service brings its
    /// certificate.
    pub(crate) fn get(&self, body: &str) -> Result<Arc<Template>, TemplateError> {
        if let Some(template) = self.0.lock().get(body) {
            return Ok(Arc::clone(template));
        }
        let template = Arc::new(Template::parse(body, TemplateKind::Fleet)?);
        let mut kept = self.0.lock();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(body.to_owned(), Arc::clone(&template));
        Ok(template)
    }
}
