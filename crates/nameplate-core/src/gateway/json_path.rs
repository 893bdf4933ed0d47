//! JSONPath, as mapping templates of REST APIs use it: `$.a['b'][0]`, `..a`, `*`, slices, lists and filters.
//! [goessner.net/articles/JsonPath; API Gateway developer guide: mapping template reference]

use serde_json::Value;

/// Values that one path may find.
const FOUND: usize = 100_000;
/// How deep filters may be nested.
const DEPTH: usize = 16;

/// A path.
#[derive(Debug, Clone, PartialEq)]
pub struct Path(Vec<Step>);

#[derive(Debug, Clone, PartialEq)]
enum Step {
    Name(String),
    Index(i64),
    /// `['a','b']` or `[0,1]`
    Several(Vec<Step>),
    All,
    /// `..`: here and everywhere below.
    Below,
    Slice(Option<i64>, Option<i64>, i64),
    Filter(Filter),
    /// `.length()`
    Length,
}

#[derive(Debug, Clone, PartialEq)]
enum Filter {
    Either(Vec<Filter>),
    Both(Vec<Filter>),
    Not(Box<Filter>),
    There(Operand),
    Compared(Operand, &'static str, Operand),
}

#[derive(Debug, Clone, PartialEq)]
enum Operand {
    Path(Path, bool),
    Value(Value),
}

/// A text that is no path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid JSON path specified: {0}")]
pub struct NoPath(String);

struct Reader<'t> {
    text: &'t str,
    rest: &'t str,
    depth: usize,
}

impl Path {
    /// Parses a path.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> Result<Self, NoPath> {
        let mut reader = Reader {
            text,
            rest: text.trim(),
            depth: 0,
        };
        let path = match reader.rest.strip_prefix('$') {
            Some(rest) => {
                reader.rest = rest;
                reader.steps()?
            }
            // `a.b` is `$.a.b`.
            None => {
                let first = reader.name()?;
                let mut path = reader.steps()?;
                path.0.insert(0, Step::Name(first));
                path
            }
        };
        match reader.rest.trim().is_empty() {
            true => Ok(path),
            false => Err(reader.wrong()),
        }
    }

    /// Whether it means one value at most.
    fn definite(&self) -> bool {
        let one = |step: &Step| matches!(step, Step::Name(_) | Step::Index(_) | Step::Length);
        self.0.iter().all(one)
    }

    /// What it finds: a value, a list where it may mean several, nothing where there is none.
    pub fn find(&self, document: &Value) -> Option<Value> {
        self.find_in(document, document)
    }

    fn find_in(&self, root: &Value, at: &Value) -> Option<Value> {
        let mut found = vec![at];
        for (place, step) in self.0.iter().enumerate() {
            if *step == Step::Length {
                let length = match found.as_slice() {
                    [Value::Array(items)]
                        if self.0[..place].iter().all(|step| *step != Step::All) =>
                    {
                        items.len()
                    }
                    [Value::Object(members)] => members.len(),
                    [Value::String(text)] => text.chars().count(),
                    found => found.len(),
                };
                return Some(Value::from(length));
            }
            let mut next = Vec::new();
            for value in found {
                step.take(root, value, &mut next);
                if next.len() > FOUND {
                    break;
                }
            }
            found = next;
        }
        match self.definite() {
            true => found.first().map(|value| (*value).clone()),
            false => Some(Value::Array(found.into_iter().cloned().collect())),
        }
    }
}

impl Step {
    fn take<'v>(&self, root: &Value, value: &'v Value, found: &mut Vec<&'v Value>) {
        match (self, value) {
            (Self::Name(name), Value::Object(members)) => found.extend(members.get(name)),
            (Self::Index(at), Value::Array(items)) => {
                let at = if *at < 0 {
                    *at + items.len() as i64
                } else {
                    *at
                };
                found.extend(usize::try_from(at).ok().and_then(|at| items.get(at)));
            }
            (Self::Several(steps), value) => {
                for step in steps {
                    step.take(root, value, found);
                }
            }
            (Self::All, Value::Object(members)) => found.extend(members.values()),
            (Self::All, Value::Array(items)) => found.extend(items),
            (Self::Below, value) => {
                let mut left = vec![value];
                while let Some(value) = left.pop() {
                    if found.len() > FOUND {
                        return;
                    }
                    found.push(value);
                    match value {
                        Value::Object(members) => left.extend(members.values().rev()),
                        Value::Array(items) => left.extend(items.iter().rev()),
                        _ => {}
                    }
                }
            }
            (Self::Slice(from, to, step), Value::Array(items)) => {
                let length = items.len() as i64;
                let place = |at: i64| {
                    let at = if at < 0 { at + length } else { at };
                    at.clamp(0, length)
                };
                let (from, to) = (place(from.unwrap_or(0)), place(to.unwrap_or(length)));
                let taken = items.iter().take(to as usize).skip(from as usize);
                found.extend(taken.step_by((*step).max(1) as usize));
            }
            (Self::Filter(filter), Value::Array(items)) => {
                found.extend(items.iter().filter(|item| filter.holds(root, item)));
            }
            (Self::Filter(filter), value @ Value::Object(_)) if filter.holds(root, value) => {
                found.push(value);
            }
            _ => {}
        }
    }
}

impl Filter {
    fn holds(&self, root: &Value, at: &Value) -> bool {
        match self {
            Self::Either(all) => all.iter().any(|one| one.holds(root, at)),
            Self::Both(all) => all.iter().all(|one| one.holds(root, at)),
            Self::Not(one) => !one.holds(root, at),
            Self::There(operand) => operand.value(root, at).is_some_and(|found| match operand {
                Operand::Value(value) => *value == Value::Bool(true),
                Operand::Path(path, _) => path.definite() || found != Value::Array(Vec::new()),
            }),
            Self::Compared(one, how, other) => {
                let (one, other) = (one.value(root, at), other.value(root, at));
                compared(one.as_ref(), how, other.as_ref())
            }
        }
    }
}

fn compared(one: Option<&Value>, how: &str, other: Option<&Value>) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let (Some(one), Some(other)) = (one, other) else {
        return (how == "!=") != (one.is_none() && other.is_none());
    };
    let order = match (one, other) {
        (Value::Number(one), Value::Number(other)) => one
            .as_f64()
            .and_then(|one| one.partial_cmp(&other.as_f64()?)),
        (Value::String(one), Value::String(other)) => Some(one.cmp(other)),
        (one, other) => (one == other).then_some(Equal),
    };
    match how {
        "==" => order == Some(Equal),
        "!=" => order != Some(Equal),
        "<" => order == Some(Less),
        "<=" => matches!(order, Some(Less | Equal)),
        ">" => order == Some(Greater),
        _ => matches!(order, Some(Greater | Equal)),
    }
}

impl Operand {
    fn value(&self, root: &Value, at: &Value) -> Option<Value> {
        match self {
            Self::Value(value) => Some(value.clone()),
            Self::Path(path, of_root) => path.find_in(root, if *of_root { root } else { at }),
        }
    }
}

impl<'t> Reader<'t> {
    fn wrong(&self) -> NoPath {
        NoPath(self.text.to_owned())
    }

    fn eat(&mut self, what: &str) -> bool {
        match self.rest.strip_prefix(what) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn blank(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn name(&mut self) -> Result<String, NoPath> {
        let plain = |c: char| c.is_alphanumeric() || "_-@$".contains(c);
        let end = self
            .rest
            .find(|c: char| !plain(c))
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        if name.is_empty() {
            return Err(self.wrong());
        }
        self.rest = rest;
        Ok(name.to_owned())
    }

    fn steps(&mut self) -> Result<Path, NoPath> {
        let mut steps = Vec::new();
        loop {
            if self.eat("..") {
                steps.push(Step::Below);
                if self.rest.starts_with('[') {
                    continue;
                }
                steps.push(self.child()?);
            } else if self.eat(".") {
                steps.push(self.child()?);
            } else if self.eat("[") {
                steps.push(self.brackets()?);
            } else {
                return Ok(Path(steps));
            }
        }
    }

    fn child(&mut self) -> Result<Step, NoPath> {
        if self.eat("*") {
            return Ok(Step::All);
        }
        let name = self.name()?;
        match self.eat("()") {
            true if name == "length" || name == "size" => Ok(Step::Length),
            true => Err(self.wrong()),
            false => Ok(Step::Name(name)),
        }
    }

    fn whole(&mut self) -> Result<Option<i64>, NoPath> {
        let digits = |c: char| c.is_ascii_digit() || c == '-';
        let end = self
            .rest
            .find(|c: char| !digits(c))
            .unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        match number {
            "" => Ok(None),
            number => number.parse().map(Some).map_err(|_| self.wrong()),
        }
    }

    fn quoted(&mut self) -> Result<Option<String>, NoPath> {
        let Some(quote) = self.rest.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
            return Ok(None);
        };
        let mut text = String::new();
        let mut letters = self.rest[1..].char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\\' => text.extend(letters.next().map(|(_, letter)| letter)),
                letter if letter == quote => {
                    self.rest = &self.rest[at + 2..];
                    return Ok(Some(text));
                }
                letter => text.push(letter),
            }
        }
        Err(self.wrong())
    }

    fn closed(&mut self, what: &str) -> Result<(), NoPath> {
        self.blank();
        match self.eat(what) {
            true => Ok(()),
            false => Err(self.wrong()),
        }
    }

    fn brackets(&mut self) -> Result<Step, NoPath> {
        self.blank();
        if self.eat("*") {
            self.closed("]")?;
            return Ok(Step::All);
        }
        if self.eat("?") {
            self.closed("(")?;
            let filter = self.either()?;
            self.closed(")")?;
            self.closed("]")?;
            return Ok(Step::Filter(filter));
        }
        let mut steps = Vec::new();
        loop {
            self.blank();
            if let Some(name) = self.quoted()? {
                steps.push(Step::Name(name));
            } else {
                let first = self.whole()?;
                if self.eat(":") {
                    let second = self.whole()?;
                    let by = match self.eat(":") {
                        true => self.whole()?.unwrap_or(1),
                        false => 1,
                    };
                    steps.push(Step::Slice(first, second, by));
                } else {
                    steps.push(Step::Index(first.ok_or_else(|| self.wrong())?));
                }
            }
            self.blank();
            if !self.eat(",") {
                break;
            }
        }
        self.closed("]")?;
        Ok(match <[Step; 1]>::try_from(steps) {
            Ok([one]) => one,
            Err(steps) => Step::Several(steps),
        })
    }

    fn either(&mut self) -> Result<Filter, NoPath> {
        if self.depth >= DEPTH {
            return Err(self.wrong());
        }
        self.depth += 1;
        let mut all = vec![self.both()?];
        while self.next_is("||") {
            all.push(self.both()?);
        }
        self.depth -= 1;
        Ok(Filter::Either(all))
    }

    fn next_is(&mut self, what: &str) -> bool {
        self.blank();
        self.eat(what)
    }

    fn both(&mut self) -> Result<Filter, NoPath> {
        let mut all = vec![self.one()?];
        while self.next_is("&&") {
            all.push(self.one()?);
        }
        Ok(Filter::Both(all))
    }

    fn one(&mut self) -> Result<Filter, NoPath> {
        self.blank();
        if self.rest.starts_with('!') && !self.rest.starts_with("!=") {
            if self.depth >= DEPTH {
                return Err(self.wrong());
            }
            self.depth += 1;
            self.rest = &self.rest[1..];
            let not = self.one()?;
            self.depth -= 1;
            return Ok(Filter::Not(Box::new(not)));
        }
        if self.eat("(") {
            let filter = self.either()?;
            self.closed(")")?;
            return Ok(filter);
        }
        let first = self.operand()?;
        self.blank();
        let found = ["==", "!=", "<=", ">=", "<", ">"]
            .into_iter()
            .find(|how| self.eat(how));
        Ok(match found {
            Some(how) => {
                self.blank();
                Filter::Compared(first, how, self.operand()?)
            }
            None => Filter::There(first),
        })
    }

    fn operand(&mut self) -> Result<Operand, NoPath> {
        if self.eat("@") {
            return Ok(Operand::Path(self.steps()?, false));
        }
        if self.eat("$") {
            return Ok(Operand::Path(self.steps()?, true));
        }
        if let Some(text) = self.quoted()? {
            return Ok(Operand::Value(Value::from(text)));
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let end = self
            .rest
            .find(|c: char| !plain(c))
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        let value: Value = serde_json::from_str(word).map_err(|_| self.wrong())?;
        self.rest = rest;
        Ok(Operand::Value(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn paths_find_values() {
        let document = json!({
            "a": {"b": [1, "two", {"c": null}]}, "x y": true,
            "pets": [{"name": "rex", "age": 3, "tags": ["d"]}, {"name": "tom", "age": 5}],
        });
        let check = |path: &str, expected: Option<Value>| {
            let parsed = Path::parse(path).unwrap_or_else(|why| panic!("{why}"));
            assert_eq!(parsed.find(&document), expected, "{path}");
        };
        check("$", Some(document.clone()));
        check("$.a.b[1]", Some(json!("two")));
        check("a.b[-1].c", Some(Value::Null));
        check("$['a'][\"b\"][0]", Some(json!(1)));
        check("$['x y']", Some(json!(true)));
        check("$.none.more", None);
        check("$.pets[*].name", Some(json!(["rex", "tom"])));
        check("$..name", Some(json!(["rex", "tom"])));
        check("$.pets[0,1].age", Some(json!([3, 5])));
        check("$.pets[0]['name','age']", Some(json!(["rex", 3])));
        check("$.a.b[0:2]", Some(json!([1, "two"])));
        check("$.a.b[1:]", Some(json!(["two", {"c": null}])));
        check("$.pets[?(@.age > 3)].name", Some(json!(["tom"])));
        check(
            "$.pets[?(@.name == 'rex' && @.age<=3)].age",
            Some(json!([3])),
        );
        check("$.pets[?(@.tags)].name", Some(json!(["rex"])));
        check(
            "$.pets[?(!@.tags || @.age == 9)].name",
            Some(json!(["tom"])),
        );
        check("$.pets.length()", Some(json!(2)));
        check("$.pets[?(@.age==$.a.b[0])]", Some(json!([])));
    }

    #[test]
    fn what_is_no_path() {
        for text in [
            "$.",
            "$[",
            "$['a",
            "$[?(@.a",
            "$.a b",
            "$[?]",
            "",
            "$.a.foo()",
            "$[a]",
        ] {
            assert!(Path::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_path_has_an_answer(text in r"\$[.\[\]a*0-9:,?()@'!&|=-]{0,24}") {
            if let Ok(path) = Path::parse(&text) {
                let _ = path.find(&json!({"a": [1, {"a": 0}]}));
            }
        }
    }
}
