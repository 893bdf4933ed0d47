//! Functions of Lambda: versions, aliases, permissions, layers, and calls that were taken for later.

use crate::sql::{Row, Value};
use crate::tx::{Notice, Tx};
use crate::{Conn, Error, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::function::{
    Alias, Event, EventSettings, Function, LATEST, LayerVersion, Settings, Version,
};
use serde_json::json;
use std::collections::BTreeMap;

fn damaged(what: &'static str) -> Error {
    Error::Damaged {
        what,
        detail: "its text cannot be read".into(),
    }
}

fn function(row: &Row<'_>) -> Result<Function> {
    Ok(Function {
        key: row.int(0)?,
        name: row.text(1)?,
        concurrency: row.opt_int(2)?.and_then(|n| u32::try_from(n).ok()),
        next_version: row.int(3)?,
        created: Millis(row.int(4)?),
    })
}

fn version(row: &Row<'_>) -> Result<Version> {
    Ok(Version {
        function: row.int(0)?,
        number: row.int(1)?,
        settings: Settings::decode(&row.text(2)?).ok_or_else(|| damaged("function version"))?,
        code_sha256: row.text(3)?,
        code_size: row.int(4)?,
        modified: Millis(row.int(5)?),
        revision: row.text(6)?,
    })
}

fn alias(row: &Row<'_>) -> Result<Alias> {
    let routing = row.opt_text(3)?;
    let routing = routing
        .map(|text| serde_json::from_str::<(i64, f64)>(&text).map_err(|_| damaged("alias")))
        .transpose()?;
    Ok(Alias {
        function: row.int(0)?,
        name: row.text(1)?,
        version: row.int(2)?,
        routing,
        description: row.text(4)?,
        revision: row.text(5)?,
    })
}

fn event(row: &Row<'_>) -> Result<Event> {
    Ok(Event {
        key: row.int(0)?,
        request_id: row.text(1)?,
        function: row.text(2)?,
        qualifier: row.opt_text(3)?,
        payload: row.blob(4)?,
        depth: u32::try_from(row.int(5)?).unwrap_or(u32::MAX),
        attempts: row.int(6)?,
        created: Millis(row.int(7)?),
        due: Millis(row.int(8)?),
    })
}

fn layer(row: &Row<'_>) -> Result<LayerVersion> {
    let content: serde_json::Value =
        serde_json::from_str(&row.text(2)?).map_err(|_| damaged("layer"))?;
    let list = |name: &str| {
        let items = content[name].as_array().map_or(&[][..], Vec::as_slice);
        let texts = items.iter().filter_map(|item| item.as_str());
        texts.map(str::to_owned).collect()
    };
    Ok(LayerVersion {
        layer: row.text(0)?,
        number: row.int(1)?,
        description: content["description"].as_str().unwrap_or_default().into(),
        license: content["license"].as_str().map(str::to_owned),
        runtimes: list("runtimes"),
        architectures: list("architectures"),
        code_sha256: row.text(3)?,
        code_size: row.int(4)?,
        created: Millis(row.int(5)?),
    })
}

/// What becomes of calls for later, by the qualifier that they name; `$LATEST` where they name none.
pub type EventsByQualifier = BTreeMap<String, EventSettings>;

fn events_text(all: &EventsByQualifier) -> String {
    let all: serde_json::Map<String, serde_json::Value> = all
        .iter()
        .map(|(qualifier, events)| {
            let kept = json!({
                "retries": events.retries, "age": events.age, "onSuccess": events.on_success,
                "onFailure": events.on_failure, "modified": events.modified.0,
            });
            (qualifier.clone(), kept)
        })
        .collect();
    json!({"qualifiers": all}).to_string()
}

fn all_events_of(text: &str) -> Result<EventsByQualifier> {
    let kept: serde_json::Value =
        serde_json::from_str(text).map_err(|_| damaged("event settings"))?;
    Ok(match kept["qualifiers"].as_object() {
        Some(all) => all
            .iter()
            .map(|(qualifier, kept)| (qualifier.clone(), events_of(kept)))
            .collect(),
        // As it was written before qualifiers had their own.
        None => [(LATEST.to_owned(), events_of(&kept))].into(),
    })
}

fn events_of(kept: &serde_json::Value) -> EventSettings {
    let number = |name: &str| kept[name].as_u64().and_then(|n| u32::try_from(n).ok());
    let string = |name: &str| kept[name].as_str().map(str::to_owned);
    EventSettings {
        retries: number("retries"),
        age: number("age"),
        on_success: string("onSuccess"),
        on_failure: string("onFailure"),
        modified: Millis(kept["modified"].as_i64().unwrap_or(0)),
    }
}

impl Conn<'_> {
    /// The function of this name.
    pub fn function(&self, name: &str) -> Result<Option<Function>> {
        self.one(
            "SELECT id, name, concurrency, next_version, created FROM lambda_function WHERE name = $1",
            &[name.into()],
            function,
        )
    }

    /// Functions beyond the name `after`, in the order of names.
    pub fn functions(&self, after: &str, limit: usize) -> Result<Vec<Function>> {
        self.all(
            "SELECT id, name, concurrency, next_version, created FROM lambda_function WHERE name > $1 ORDER BY name LIMIT $2",
            &[after.into(), Value::Int(limit as i64)],
            function,
        )
    }

    /// A version of a function; 0 is `$LATEST`.
    pub fn function_version(&self, function: i64, number: i64) -> Result<Option<Version>> {
        self.one(
            "SELECT function_id, version, settings, code_sha256, code_size, modified, revision FROM lambda_version WHERE function_id = $1 AND version = $2",
            &[function.into(), number.into()],
            version,
        )
    }

    /// Versions from the number `from` on, in order.
    pub fn function_versions(
        &self,
        function: i64,
        from: i64,
        limit: usize,
    ) -> Result<Vec<Version>> {
        self.all(
            "SELECT function_id, version, settings, code_sha256, code_size, modified, revision FROM lambda_version WHERE function_id = $1 AND version >= $2
                 ORDER BY version LIMIT $3",
            &[function.into(), from.into(), Value::Int(limit as i64)],
            version,
        )
    }

    /// The alias of this name.
    pub fn function_alias(&self, function: i64, name: &str) -> Result<Option<Alias>> {
        self.one(
            "SELECT function_id, name, version, routing, description, revision FROM lambda_alias
             WHERE function_id = $1 AND name = $2",
            &[function.into(), name.into()],
            alias,
        )
    }

    /// Aliases of a function, in the order of names.
    pub fn function_aliases(&self, function: i64) -> Result<Vec<Alias>> {
        self.all(
            "SELECT function_id, name, version, routing, description, revision FROM lambda_alias
             WHERE function_id = $1 ORDER BY name",
            &[function.into()],
            alias,
        )
    }

    /// Statements of the policy of a function, or of one of its qualifiers: id and JSON text, oldest first.
    pub fn function_permissions(
        &self,
        function: i64,
        qualifier: &str,
    ) -> Result<Vec<(String, String)>> {
        self.all(
            "SELECT sid, statement FROM lambda_permission WHERE function_id = $1 AND qualifier = $2 ORDER BY id",
            &[function.into(), qualifier.into()],
            |row| Ok((row.text(0)?, row.text(1)?)),
        )
    }

    /// What becomes of a function's calls that were taken for later, where the owner set it.
    pub fn function_events(&self, function: i64) -> Result<EventsByQualifier> {
        let text = self.one(
            "SELECT events FROM lambda_function WHERE id = $1",
            &[function.into()],
            |row| row.opt_text(0),
        )?;
        let all = text.flatten().as_deref().map(all_events_of).transpose()?;
        Ok(all.unwrap_or_default())
    }

    /// A version of a layer.
    pub fn layer_version(&self, name: &str, number: i64) -> Result<Option<LayerVersion>> {
        self.one(
            "SELECT name, version, content, code_sha256, code_size, created FROM lambda_layer
                 WHERE name = $1 AND version = $2 AND code_sha256 <> ''",
            &[name.into(), number.into()],
            layer,
        )
    }

    /// Versions of a layer, newest first.
    pub fn layer_versions(&self, name: &str) -> Result<Vec<LayerVersion>> {
        self.all(
            "SELECT name, version, content, code_sha256, code_size, created FROM lambda_layer
                 WHERE name = $1 AND code_sha256 <> '' ORDER BY version DESC",
            &[name.into()],
            layer,
        )
    }

    /// The highest number that a version of a layer has had, deleted ones included; 0 where there was none.
    pub fn last_layer_version(&self, name: &str) -> Result<i64> {
        let last = self.one(
            "SELECT version FROM lambda_layer WHERE name = $1 ORDER BY version DESC LIMIT 1",
            &[name.into()],
            |row| row.int(0),
        )?;
        Ok(last.unwrap_or(0))
    }

    /// The newest version of each layer, in the order of names.
    pub fn layers(&self) -> Result<Vec<LayerVersion>> {
        self.all(
            "SELECT name, version, content, code_sha256, code_size, created FROM lambda_layer AS newest
                 WHERE newest.code_sha256 <> '' AND NOT EXISTS (
                     SELECT 1 FROM lambda_layer AS later WHERE later.name = newest.name AND later.version > newest.version
                         AND later.code_sha256 <> '')
                 ORDER BY name",
            &[],
            layer,
        )
    }

    /// Whether a version or a layer has this code.
    pub fn is_code_used(&self, sha256: &str) -> Result<bool> {
        let statements = [
            "SELECT 1 FROM lambda_version WHERE code_sha256 = $1 LIMIT 1",
            "SELECT 1 FROM lambda_layer WHERE code_sha256 = $1 LIMIT 1",
        ];
        for statement in statements {
            let found = self.one(statement, &[sha256.into()], |row| row.int(0))?;
            if found.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Digests of all code that a version or a layer names.
    pub fn codes(&self) -> Result<Vec<String>> {
        self.all(
            "SELECT code_sha256 FROM lambda_version UNION SELECT code_sha256 FROM lambda_layer",
            &[],
            |row| row.text(0),
        )
    }

    /// Calls to make beyond the key `after`, oldest first, however long they still have to wait.
    pub fn function_calls(&self, after: i64, limit: usize) -> Result<Vec<Event>> {
        self.all(
            "SELECT id, request_id, function, qualifier, payload, depth, attempts, created, due FROM lambda_event WHERE id > $1 ORDER BY id LIMIT $2",
            &[after.into(), Value::Int(limit as i64)],
            event,
        )
    }
}

impl Tx<'_> {
    /// Creates a function with its `$LATEST`; its key. The caller has seen that the name is free.
    pub fn insert_function(&mut self, name: &str, latest: &Version) -> Result<i64> {
        let key = self.next_key("lambda_function")?;
        self.write(
            "INSERT INTO lambda_function (id, name, next_version, created) VALUES ($1, $2, 1, $3)",
            &[key.into(), name.into(), latest.modified.0.into()],
        )?;
        self.put_function_version(&Version {
            function: key,
            ..latest.clone()
        })?;
        Ok(key)
    }

    /// Writes a version, new or changed.
    pub fn put_function_version(&mut self, version: &Version) -> Result<()> {
        self.write(
            "INSERT INTO lambda_version (function_id, version, settings, code_sha256, code_size, modified, revision)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (function_id, version) DO UPDATE SET settings = excluded.settings,
             code_sha256 = excluded.code_sha256, code_size = excluded.code_size, modified = excluded.modified,
             revision = excluded.revision",
            &[
                version.function.into(),
                version.number.into(),
                version.settings.encode().as_str().into(),
                (&version.code_sha256).into(),
                version.code_size.into(),
                version.modified.0.into(),
                (&version.revision).into(),
            ],
        )?;
        self.notice(Notice::Functions);
        Ok(())
    }

    /// Sets the number of the next version.
    pub fn set_next_function_version(&mut self, function: i64, next: i64) -> Result<()> {
        self.write(
            "UPDATE lambda_function SET next_version = $1 WHERE id = $2",
            &[next.into(), function.into()],
        )
    }

    /// Sets how many calls may run at once.
    pub fn set_function_concurrency(&mut self, function: i64, most: Option<u32>) -> Result<()> {
        self.write(
            "UPDATE lambda_function SET concurrency = $1 WHERE id = $2",
            &[most.map(i64::from).into(), function.into()],
        )?;
        self.notice(Notice::Functions);
        Ok(())
    }

    /// Sets what becomes of calls that were taken for later.
    pub fn set_function_events(&mut self, function: i64, events: &EventsByQualifier) -> Result<()> {
        let text = (!events.is_empty()).then(|| events_text(events));
        self.write(
            "UPDATE lambda_function SET events = $1 WHERE id = $2",
            &[text.as_deref().into(), function.into()],
        )
    }

    fn forget_function_events(&mut self, function: i64, qualifier: &str) -> Result<()> {
        let mut events = self.function_events(function)?;
        match events.remove(qualifier) {
            Some(_) => self.set_function_events(function, &events),
            None => Ok(()),
        }
    }

    /// Removes a version that was published.
    pub fn delete_function_version(&mut self, function: i64, number: i64) -> Result<()> {
        self.write(
            "DELETE FROM lambda_version WHERE function_id = $1 AND version = $2",
            &[function.into(), number.into()],
        )?;
        self.write(
            "DELETE FROM lambda_permission WHERE function_id = $1 AND qualifier = $2",
            &[function.into(), number.to_string().as_str().into()],
        )?;
        self.forget_function_events(function, &number.to_string())?;
        self.notice(Notice::Functions);
        Ok(())
    }

    /// Removes a function with all that belongs to it. Calls that wait find it gone.
    pub fn delete_function(&mut self, function: i64) -> Result<()> {
        for statement in [
            "DELETE FROM lambda_version WHERE function_id = $1",
            "DELETE FROM lambda_alias WHERE function_id = $1",
            "DELETE FROM lambda_permission WHERE function_id = $1",
            "DELETE FROM lambda_function WHERE id = $1",
        ] {
            self.write(statement, &[function.into()])?;
        }
        self.notice(Notice::Functions);
        Ok(())
    }

    /// Writes an alias, new or changed.
    pub fn put_function_alias(&mut self, alias: &Alias) -> Result<()> {
        let routing = alias.routing.map(|routing| json!(routing).to_string());
        self.write(
            "INSERT INTO lambda_alias (function_id, name, version, routing, description, revision)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (function_id, name) DO UPDATE SET version = excluded.version, routing = excluded.routing,
             description = excluded.description, revision = excluded.revision",
            &[
                alias.function.into(),
                (&alias.name).into(),
                alias.version.into(),
                routing.as_deref().into(),
                (&alias.description).into(),
                (&alias.revision).into(),
            ],
        )?;
        self.notice(Notice::Functions);
        Ok(())
    }

    /// Removes an alias and who may invoke it.
    pub fn delete_function_alias(&mut self, function: i64, name: &str) -> Result<()> {
        self.write(
            "DELETE FROM lambda_alias WHERE function_id = $1 AND name = $2",
            &[function.into(), name.into()],
        )?;
        self.write(
            "DELETE FROM lambda_permission WHERE function_id = $1 AND qualifier = $2",
            &[function.into(), name.into()],
        )?;
        self.forget_function_events(function, name)?;
        self.notice(Notice::Functions);
        Ok(())
    }

    /// Adds a statement to a policy. The caller has seen that its id is free.
    pub fn insert_function_permission(
        &mut self,
        function: i64,
        qualifier: &str,
        sid: &str,
        statement: &str,
    ) -> Result<()> {
        let key = self.next_key("lambda_permission")?;
        self.write(
            "INSERT INTO lambda_permission (id, function_id, qualifier, sid, statement) VALUES ($1, $2, $3, $4, $5)",
            &[
                key.into(),
                function.into(),
                qualifier.into(),
                sid.into(),
                statement.into(),
            ],
        )?;
        self.notice(Notice::Functions);
        Ok(())
    }

    /// Removes a statement from a policy.
    pub fn delete_function_permission(
        &mut self,
        function: i64,
        qualifier: &str,
        sid: &str,
    ) -> Result<()> {
        self.write(
            "DELETE FROM lambda_permission WHERE function_id = $1 AND qualifier = $2 AND sid = $3",
            &[function.into(), qualifier.into(), sid.into()],
        )?;
        self.notice(Notice::Functions);
        Ok(())
    }

    /// Writes a version of a layer.
    pub fn insert_layer_version(&mut self, layer: &LayerVersion) -> Result<()> {
        let content = json!({
            "description": layer.description, "license": layer.license, "runtimes": layer.runtimes,
            "architectures": layer.architectures,
        });
        self.write(
            "INSERT INTO lambda_layer (name, version, content, code_sha256, code_size, created)
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                (&layer.layer).into(),
                layer.number.into(),
                content.to_string().as_str().into(),
                (&layer.code_sha256).into(),
                layer.code_size.into(),
                layer.created.0.into(),
            ],
        )
    }

    /// Removes a version of a layer. Functions that have it keep it. The last one leaves its number behind, without code,
    /// since no other version may have it.
    pub fn delete_layer_version(&mut self, name: &str, number: i64) -> Result<()> {
        self.write(
            "UPDATE lambda_layer SET content = '{}', code_sha256 = '', code_size = 0 WHERE name = $1 AND version = $2",
            &[name.into(), number.into()],
        )?;
        let last = self.last_layer_version(name)?;
        self.write(
            "DELETE FROM lambda_layer WHERE name = $1 AND version < $2 AND code_sha256 = ''",
            &[name.into(), last.into()],
        )
    }

    /// Takes a call for later; its key. The event's own key is not read.
    pub fn insert_function_call(&mut self, call: &Event) -> Result<i64> {
        let key = self.next_key("lambda_event")?;
        self.write(
            "INSERT INTO lambda_event (id, request_id, function, qualifier, payload, depth, attempts, created, due)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                key.into(),
                (&call.request_id).into(),
                (&call.function).into(),
                call.qualifier.as_deref().into(),
                (&call.payload).into(),
                i64::from(call.depth).into(),
                call.attempts.into(),
                call.created.0.into(),
                call.due.0.into(),
            ],
        )?;
        Ok(key)
    }

    /// Notes that one more attempt was made, and when the next is due.
    pub fn retry_function_call(&mut self, key: i64, attempts: i64, due: Millis) -> Result<()> {
        self.write(
            "UPDATE lambda_event SET attempts = $1, due = $2 WHERE id = $3",
            &[attempts.into(), due.0.into(), key.into()],
        )
    }

    /// A call was made, or given up; false where that was noted before.
    pub fn delete_function_call(&mut self, key: i64) -> Result<bool> {
        let gone = self.count("DELETE FROM lambda_event WHERE id = $1", &[key.into()])?;
        Ok(gone > 0)
    }
}
