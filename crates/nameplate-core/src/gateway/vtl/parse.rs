//! Text to template.

use super::{Block, Expression, Node, Operator, Reference, Step};
use crate::gateway::Refusal;
use serde_json::{Number, Value};

/// How deep blocks and expressions may be nested.
const DEPTH: usize = 48;
/// Operators by how tightly they bind, the loosest first; words before signs that begin as they do.
const OPERATORS: [&[(&str, Operator)]; 6] = [
    &[("||", Operator::Or), ("or", Operator::Or)],
    &[("&&", Operator::And), ("and", Operator::And)],
    &[
        ("==", Operator::Equal),
        ("eq", Operator::Equal),
        ("!=", Operator::Unequal),
        ("ne", Operator::Unequal),
    ],
    &[
        ("<=", Operator::LessOrEqual),
        ("le", Operator::LessOrEqual),
        ("<", Operator::Less),
        ("lt", Operator::Less),
        (">=", Operator::GreaterOrEqual),
        ("ge", Operator::GreaterOrEqual),
        (">", Operator::Greater),
        ("gt", Operator::Greater),
    ],
    &[("+", Operator::Plus), ("-", Operator::Minus)],
    &[
        ("*", Operator::Times),
        ("/", Operator::Divided),
        ("%", Operator::Modulo),
    ],
];

/// What ended a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Text,
    End,
    Else,
    ElseIf,
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

/// Parses a whole template.
pub(super) fn template(text: &str) -> Result<Block, Refusal> {
    within(text, 0)
}

fn within(text: &str, depth: usize) -> Result<Block, Refusal> {
    let mut parser = Parser { text, at: 0, depth };
    let (block, ended) = parser.block()?;
    match ended {
        Ended::Text => Ok(block),
        _ => Err(parser.wrong("#end, #else or #elseif without what it belongs to")),
    }
}

fn is_name_start(letter: char) -> bool {
    letter.is_ascii_alphabetic() || letter == '_'
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-')
}

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn eat(&mut self, what: &str) -> bool {
        let there = self.rest().starts_with(what);
        if there {
            self.at += what.len();
        }
        there
    }

    fn blank(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn wrong(&self, why: &str) -> Refusal {
        let line = self.text[..self.at].matches('\n').count() + 1;
        Refusal::Invalid(format!(
            "Invalid mapping template specified: line {line}: {why}"
        ))
    }

    fn expect(&mut self, what: &str) -> Result<(), Refusal> {
        self.blank();
        match self.eat(what) {
            true => Ok(()),
            false => Err(self.wrong(&format!("{what} is expected"))),
        }
    }

    fn deeper(&mut self) -> Result<(), Refusal> {
        self.depth += 1;
        match self.depth > DEPTH {
            true => Err(self.wrong("it is nested too deep")),
            false => Ok(()),
        }
    }

    /// Blanks to the end of the line, and the end itself, which a directive takes with it.
    fn line_end(&mut self) {
        let rest = self.rest();
        let after = rest.trim_start_matches([' ', '\t']);
        let after = after.strip_prefix('\r').unwrap_or(after);
        if let Some(after) = after.strip_prefix('\n') {
            self.at = self.text.len() - after.len();
        }
    }

    fn block(&mut self) -> Result<(Block, Ended), Refusal> {
        self.deeper()?;
        let mut nodes = Vec::new();
        let mut text = String::new();
        let ended = loop {
            let rest = self.rest();
            let Some(next) = rest.find(['$', '#', '\\']) else {
                text.push_str(rest);
                self.at = self.text.len();
                break Ended::Text;
            };
            text.push_str(&rest[..next]);
            self.at += next;
            let rest = self.rest();
            if rest.starts_with('\\') {
                self.backslashes(&mut text);
            } else if rest.starts_with('$') {
                match self.reference()? {
                    Some(reference) => {
                        flush(&mut text, &mut nodes);
                        nodes.push(Node::Shown(reference));
                    }
                    None => {
                        text.push('$');
                        self.at += 1;
                    }
                }
            } else if rest.starts_with("##") {
                let length = rest.find('\n').map_or(rest.len(), |end| end + 1);
                self.at += length;
            } else if rest.starts_with("#*") {
                let end = rest.find("*#");
                self.at += end.ok_or_else(|| self.wrong("a comment without an end"))? + 2;
            } else if rest.starts_with("#[[") {
                let end = rest.find("]]#");
                let end = end.ok_or_else(|| self.wrong("#[[ without an end"))?;
                text.push_str(&rest[3..end]);
                self.at += end + 3;
            } else if let Some(name) = self.directive() {
                match name {
                    "end" => break Ended::End,
                    "else" => break Ended::Else,
                    "elseif" => break Ended::ElseIf,
                    "set" => {
                        // Its own blanks at the line's begin.
                        let begun = text.rfind('\n').map_or(0, |at| at + 1);
                        if text[begun..]
                            .bytes()
                            .all(|byte| matches!(byte, b' ' | b'\t'))
                            && (begun > 0 || nodes.is_empty())
                        {
                            text.truncate(begun);
                        }
                    }
                    _ => {}
                }
                flush(&mut text, &mut nodes);
                nodes.push(self.made(name)?);
            } else {
                text.push('#');
                self.at += 1;
            }
        };
        flush(&mut text, &mut nodes);
        self.depth -= 1;
        Ok((nodes, ended))
    }

    /// Backslashes before a reference or a directive escape it; elsewhere they are text.
    fn backslashes(&mut self, text: &mut String) {
        let rest = self.rest();
        let count = rest.len() - rest.trim_start_matches('\\').len();
        self.at += count;
        let next = self.rest().chars().next();
        if !matches!(next, Some('$' | '#')) {
            text.extend(std::iter::repeat_n('\\', count));
            return;
        }
        text.extend(std::iter::repeat_n('\\', count / 2));
        if count % 2 == 1 {
            text.extend(next);
            self.at += 1;
        }
    }

    /// The name of a directive that begins here, `#name` or `#{name}`; what follows is next.
    fn directive(&mut self) -> Option<&'t str> {
        const NAMES: [&str; 12] = [
            "set", "if", "elseif", "else", "end", "foreach", "break", "stop", "macro", "define",
            "parse", "include",
        ];
        let rest = &self.rest()[1..];
        let (inner, braced) = match rest.strip_prefix('{') {
            Some(inner) => (inner, true),
            None => (rest, false),
        };
        let letters = |c: char| !c.is_ascii_alphabetic();
        let length = inner.find(letters).unwrap_or(inner.len());
        // `#elsewhere` begins with `#else`, as Velocity reads it; `#ended` is `#end` and `ed`.
        let word = &inner[..length];
        let name = NAMES
            .iter()
            .filter(|name| match braced {
                true => **name == word,
                false => {
                    word == **name
                        || matches!(**name, "else" | "end")
                            && word.starts_with(*name)
                            && word != "elseif"
                }
            })
            .max_by_key(|name| name.len());
        let name = match name {
            Some(name) => &word[..name.len()],
            None if word == "evaluate" => word,
            None => return None,
        };
        let mut length = 1 + usize::from(braced) + name.len();
        if braced {
            if !inner[name.len()..].starts_with('}') {
                return None;
            }
            length += 1;
        }
        let takes = matches!(name, "set" | "if" | "elseif" | "foreach");
        if takes && !self.rest()[length..].trim_start().starts_with('(') {
            return None;
        }
        self.at += length;
        if matches!(name, "end" | "else") {
            self.line_end();
        }
        Some(name)
    }

    fn made(&mut self, name: &str) -> Result<Node, Refusal> {
        match name {
            "set" => {
                self.expect("(")?;
                self.blank();
                let place = self.reference()?;
                let place = place.ok_or_else(|| self.wrong("#set needs a reference"))?;
                self.expect("=")?;
                let value = self.expression()?;
                self.expect(")")?;
                self.line_end();
                Ok(Node::Set(place, value))
            }
            "if" => self.condition(),
            "foreach" => {
                self.expect("(")?;
                self.blank();
                let each = self.reference()?.filter(|each| each.steps.is_empty());
                let each = each.ok_or_else(|| self.wrong("#foreach needs a reference"))?;
                self.expect("in")?;
                let over = self.expression()?;
                self.expect(")")?;
                self.line_end();
                let (body, ended) = self.block()?;
                match ended {
                    Ended::End => Ok(Node::ForEach(each.root, over, body)),
                    _ => Err(self.wrong("#foreach without #end")),
                }
            }
            "break" => Ok(Node::Break),
            "stop" => Ok(Node::Stop),
            name => Err(Refusal::NotBuilt(format!("#{name} in mapping templates"))),
        }
    }

    fn condition(&mut self) -> Result<Node, Refusal> {
        let mut branches = Vec::new();
        loop {
            self.expect("(")?;
            let asked = self.expression()?;
            self.expect(")")?;
            self.line_end();
            let (body, ended) = self.block()?;
            branches.push((asked, body));
            match ended {
                Ended::ElseIf => {}
                Ended::End => return Ok(Node::If(branches, Vec::new())),
                Ended::Else => {
                    let (otherwise, ended) = self.block()?;
                    return match ended {
                        Ended::End => Ok(Node::If(branches, otherwise)),
                        _ => Err(self.wrong("#else without #end")),
                    };
                }
                Ended::Text => return Err(self.wrong("#if without #end")),
            }
        }
    }

    fn name(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        if !rest.starts_with(is_name_start) {
            return None;
        }
        let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        self.at += length;
        Some(&rest[..length])
    }

    /// A reference that begins here; none, with nothing taken, where it is only a `$`.
    fn reference(&mut self) -> Result<Option<Reference>, Refusal> {
        let start = self.at;
        if !self.eat("$") {
            return Ok(None);
        }
        let quiet = self.eat("!");
        let braced = self.eat("{");
        let Some(root) = self.name() else {
            self.at = start;
            return Ok(None);
        };
        let mut steps = Vec::new();
        loop {
            let before = self.at;
            if self.eat(".") {
                let Some(name) = self.name() else {
                    self.at = before;
                    break;
                };
                if self.eat("(") {
                    let arguments = self.arguments(")")?;
                    steps.push(Step::Call(name.to_owned(), arguments));
                } else {
                    steps.push(Step::Property(name.to_owned()));
                }
            } else if self.eat("[") {
                // A bracket that is none of the reference's is text.
                let depth = self.depth;
                match self.expression() {
                    Ok(index)
                        if {
                            self.blank();
                            self.eat("]")
                        } =>
                    {
                        steps.push(Step::Index(index))
                    }
                    _ => {
                        self.depth = depth;
                        self.at = before;
                        break;
                    }
                }
            } else {
                break;
            }
        }
        if braced {
            self.blank();
            if !self.eat("}") {
                return Err(self.wrong("} is expected"));
            }
        }
        Ok(Some(Reference {
            source: self.text[start..self.at].to_owned(),
            quiet,
            root: root.to_owned(),
            steps,
        }))
    }

    /// Expressions with commas between them, until `end`.
    fn arguments(&mut self, end: &str) -> Result<Vec<Expression>, Refusal> {
        let mut all = Vec::new();
        self.blank();
        if self.eat(end) {
            return Ok(all);
        }
        loop {
            all.push(self.expression()?);
            self.blank();
            if self.eat(end) {
                return Ok(all);
            }
            self.expect(",")?;
        }
    }

    fn expression(&mut self) -> Result<Expression, Refusal> {
        self.binary(0)
    }

    fn binary(&mut self, level: usize) -> Result<Expression, Refusal> {
        let Some(operators) = OPERATORS.get(level) else {
            return self.unary();
        };
        let mut one = self.binary(level + 1)?;
        loop {
            self.blank();
            let rest = self.rest();
            let found = operators.iter().find(|(sign, _)| {
                let word = sign.starts_with(|c: char| c.is_ascii_alphabetic());
                rest.strip_prefix(sign)
                    .is_some_and(|after| !word || !after.starts_with(is_name))
            });
            let Some((sign, operator)) = found else {
                return Ok(one);
            };
            self.at += sign.len();
            let other = self.binary(level + 1)?;
            one = Expression::Two(Box::new(one), *operator, Box::new(other));
        }
    }

    fn unary(&mut self) -> Result<Expression, Refusal> {
        self.deeper()?;
        self.blank();
        let rest = self.rest();
        let not = rest.starts_with('!')
            || rest
                .strip_prefix("not")
                .is_some_and(|after| !after.starts_with(is_name));
        let made = if not {
            self.at += if rest.starts_with('!') { 1 } else { 3 };
            Expression::Not(Box::new(self.unary()?))
        } else {
            self.primary()?
        };
        self.depth -= 1;
        Ok(made)
    }

    fn primary(&mut self) -> Result<Expression, Refusal> {
        let rest = self.rest();
        let first = rest.chars().next();
        match first {
            Some('(') => {
                self.at += 1;
                let inner = self.expression()?;
                self.expect(")")?;
                Ok(inner)
            }
            Some('[') => {
                self.at += 1;
                self.list()
            }
            Some('{') => {
                self.at += 1;
                self.map()
            }
            Some('\'') => Ok(Expression::Is(Value::from(self.quoted('\'')?))),
            Some('"') => {
                let text = self.quoted('"')?;
                match text.contains(['$', '#']) {
                    true => Ok(Expression::Text(within(&text, self.depth)?)),
                    false => Ok(Expression::Is(Value::from(text))),
                }
            }
            Some('$') => {
                let reference = self.reference()?;
                reference
                    .map(Expression::Reference)
                    .ok_or_else(|| self.wrong("a reference is expected"))
            }
            Some(letter) if letter.is_ascii_digit() || letter == '-' => self.number(),
            _ => {
                let value = match self.name() {
                    Some("true") => Value::Bool(true),
                    Some("false") => Value::Bool(false),
                    Some("null") => Value::Null,
                    _ => return Err(self.wrong("a value is expected")),
                };
                Ok(Expression::Is(value))
            }
        }
    }

    fn list(&mut self) -> Result<Expression, Refusal> {
        self.blank();
        if self.eat("]") {
            return Ok(Expression::List(Vec::new()));
        }
        let first = self.expression()?;
        self.blank();
        if self.eat("..") {
            let last = self.expression()?;
            self.expect("]")?;
            return Ok(Expression::Range(Box::new(first), Box::new(last)));
        }
        let mut all = vec![first];
        if !self.eat("]") {
            self.expect(",")?;
            all.extend(self.arguments("]")?);
        }
        Ok(Expression::List(all))
    }

    fn map(&mut self) -> Result<Expression, Refusal> {
        let mut all = Vec::new();
        self.blank();
        if self.eat("}") {
            return Ok(Expression::Map(all));
        }
        loop {
            let key = self.expression()?;
            self.expect(":")?;
            all.push((key, self.expression()?));
            self.blank();
            if self.eat("}") {
                return Ok(Expression::Map(all));
            }
            self.expect(",")?;
        }
    }

    /// A text in quotation marks; one of these that stands twice is itself.
    fn quoted(&mut self, quote: char) -> Result<String, Refusal> {
        let mut text = String::new();
        self.at += 1;
        loop {
            let rest = self.rest();
            let end = rest.find(quote);
            let end = end.ok_or_else(|| self.wrong("a text without an end"))?;
            text.push_str(&rest[..end]);
            self.at += end + 1;
            if !self.rest().starts_with(quote) {
                return Ok(text);
            }
            text.push(quote);
            self.at += 1;
        }
    }

    fn number(&mut self) -> Result<Expression, Refusal> {
        let rest = self.rest();
        let sign = usize::from(rest.starts_with('-'));
        let digits = |text: &str| {
            text.find(|c: char| !c.is_ascii_digit())
                .unwrap_or(text.len())
        };
        let mut length = sign + digits(&rest[sign..]);
        // `1..5` is a range.
        if let Some(after) = rest[length..].strip_prefix('.')
            && after.starts_with(|c: char| c.is_ascii_digit())
        {
            length += 1 + digits(after);
        }
        let text = &rest[..length];
        let number = match text.parse::<i64>() {
            Ok(whole) => Some(Number::from(whole)),
            Err(_) => text.parse().ok().and_then(Number::from_f64),
        };
        let number = number.ok_or_else(|| self.wrong("a number is expected"))?;
        self.at += length;
        Ok(Expression::Is(Value::Number(number)))
    }
}

fn flush(text: &mut String, nodes: &mut Block) {
    if !text.is_empty() {
        nodes.push(Node::Text(std::mem::take(text)));
    }
}
