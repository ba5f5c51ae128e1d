//! A value of a foreign file with its place, read as the type that it should have. Another type is reported.

use serde_json::Value;

use super::loss::Losses;

/// A value, and where it stands: `$.catalog.groups[0]`.
#[derive(Clone, Debug)]
pub struct Part<'v> {
    /// The value.
    pub value: &'v Value,
    /// Its place, as a path.
    pub place: String,
}

impl<'v> Part<'v> {
    /// The whole file.
    pub fn whole(value: &'v Value) -> Self {
        Self { value, place: "$".to_owned() }
    }

    /// The value of a key; nothing where there is none.
    pub fn at(&self, key: &str) -> Self {
        Self { value: self.value.get(key).unwrap_or(&Value::Null), place: format!("{}.{key}", self.place) }
    }

    /// Whether there is nothing here.
    pub fn is_nothing(&self) -> bool {
        self.value.is_null()
    }

    /// The text of a key; empty where there is none. A number or a truth value is text too.
    pub fn text(&self, key: &str, left: &mut Losses) -> String {
        match self.value.get(key) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
            Some(Value::Array(_)) => self.mistyped(key, "a list", "a text", left),
            Some(Value::Object(_)) => self.mistyped(key, "a table", "a text", left),
        }
    }

    /// The items of the list at a key; none where there is no list.
    pub fn items(&self, key: &str, left: &mut Losses) -> Vec<Self> {
        match self.value.get(key) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(items)) => {
                let place = |at: usize| format!("{}.{key}[{at}]", self.place);
                let items = items.iter().enumerate().map(|(at, value)| Self { value, place: place(at) });
                let (tables, others): (Vec<Self>, Vec<Self>) = items.partition(|item| item.value.is_object());
                for other in others.into_iter().filter(|other| !other.is_nothing()) {
                    left.add(other.place, other.value.to_string(), "a table was expected here");
                }
                tables
            }
            Some(Value::Object(_)) => {
                self.mistyped(key, "a table", "a list", left);
                Vec::new()
            }
            Some(_) => {
                self.mistyped(key, "a single value", "a list", left);
                Vec::new()
            }
        }
    }

    /// The texts of the list at a key.
    pub fn texts(&self, key: &str) -> Vec<&'v str> {
        let list = self.value.get(key).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// How many items a list has.
    pub fn count(&self, key: &str) -> usize {
        self.value.get(key).and_then(Value::as_array).map_or(0, Vec::len)
    }

    fn mistyped(&self, key: &str, is: &str, wanted: &str, left: &mut Losses) -> String {
        left.add(format!("{}.{key}", self.place), "", format!("it is {is}, and {wanted} was expected"));
        String::new()
    }
}
