//! The words of the report as templates see them: `{{ t.gaps.title }}`, and `{{ t.gaps.all(n=3) }}` for a text that holds values.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{Kwargs, Object, from_args};
use minijinja::{Error, ErrorKind, State, Value};

use crate::base::language::Language;
use crate::base::message::{COUNT, Message, Piece};
use crate::border::{html, script};
use crate::model::strings::Strings;

/// The object that templates call `t`: every section of texts.
pub(super) fn object(strings: &Strings) -> Value {
    let language = Arc::new(strings.language.clone());
    let text = |(key, message): (&String, &Message)| {
        let text = ValuedText { message: message.clone(), language: language.clone() };
        (key.clone(), if message.names().is_empty() { text.html(None) } else { Value::from_object(text) })
    };
    let section = |(name, texts): (&String, &BTreeMap<String, Message>)| {
        (name.clone(), Value::from_object(Texts(texts.iter().map(text).collect())))
    };
    Value::from_object(Texts(strings.sections().iter().map(section).collect()))
}

/// The words of the scripts of pages, as a script. Each is a text, or has one for each plural category.
pub(super) fn script(strings: &Strings) -> String {
    let texts = strings.sections().get(SCRIPT);
    let texts: BTreeMap<&str, BTreeMap<&str, String>> =
        texts.into_iter().flatten().map(|(key, message)| (key.as_str(), message.written())).collect();
    format!("window.milepostStrings = {};\n", script::table(&texts))
}

/// The section of the scripts' words.
const SCRIPT: &str = "script";

/// Texts by key, or sections by name.
#[derive(Debug)]
struct Texts(BTreeMap<String, Value>);

impl Object for Texts {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.get(key.as_str()?).cloned()
    }
}

/// A text that holds values.
#[derive(Debug)]
struct ValuedText {
    message: Message,
    language: Arc<Language>,
}

impl ValuedText {
    /// The text as HTML. Values are escaped, unless they are markup.
    fn html(&self, values: Option<&Kwargs>) -> Value {
        let value = |name: &str| values.and_then(|values| values.get::<Value>(name).ok());
        let count = value(COUNT).and_then(|count| u64::try_from(count).ok());
        let rtl = self.language.is_right_to_left();
        let mut out = String::new();
        for piece in self.message.pieces(&self.language, count) {
            match piece {
                Piece::Words(words) => html::push_escaped(&mut out, words),
                Piece::Tag(tag) => out.push_str(tag),
                Piece::Link(name) => {
                    out.push_str("<a href=\"");
                    push(&mut out, value(name), html::push_escaped);
                    out.push_str("\">");
                }
                Piece::Value(name) => push(&mut out, value(name), |out, text| html::push_apart(out, text, rtl)),
            }
        }
        Value::from_safe_string(out)
    }
}

/// Adds a value as HTML: markup as it is, text by `escaped`.
fn push(out: &mut String, value: Option<Value>, escaped: impl FnOnce(&mut String, &str)) {
    let Some(value) = value else { return };
    match value.as_str() {
        Some(text) if value.is_safe() => out.push_str(text),
        Some(text) => escaped(out, text),
        None if value.is_none() => {}
        None => escaped(out, &value.to_string()),
    }
}

impl Object for ValuedText {
    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let (values,): (Kwargs,) = from_args(args)?;
        if let Some(name) = self.message.names().into_iter().find(|name| !values.has(name)) {
            return Err(Error::new(ErrorKind::MissingArgument, format!("this text holds the value `{name}`")));
        }
        if let Some(unknown) = values.args().find(|name| !self.message.names().contains(name)) {
            return Err(Error::new(ErrorKind::TooManyArguments, format!("this text holds no value `{unknown}`")));
        }
        Ok(self.html(Some(&values)))
    }

    /// A text that is printed without its values is a mistake of the template.
    fn render(self: &Arc<Self>, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Err(fmt::Error)
    }
}
