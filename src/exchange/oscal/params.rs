//! Parameters of OSCAL controls, in words: `[one or more of: guards; locks]`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::properties;
use super::prose::plain;
use crate::exchange::loss::Losses;
use crate::exchange::part::Part;

/// The most characters that parameters may add to one text.
const MOST: usize = 64 << 10;
/// How deep a parameter may stand in parameters.
const DEEPEST: usize = 8;

/// The parameters of a whole catalog, by id.
pub(super) struct Params<'v> {
    by_id: BTreeMap<&'v str, Part<'v>>,
}

/// What one text has taken so far.
struct Filling<'l> {
    /// How much more text parameters may add, in bytes.
    room: usize,
    place: &'l str,
    left: &'l mut Losses,
}

impl<'v> Params<'v> {
    pub(super) fn of(whole: &Part<'v>) -> Self {
        fn walk<'v>(part: &Part<'v>, by_id: &mut BTreeMap<&'v str, Part<'v>>) {
            let mut quiet = Losses::default();
            for param in part.items("params", &mut quiet) {
                let other =
                    properties(&param).filter(|(name, _)| *name == "alt-identifier").map(|(_, prop)| prop.value);
                let own = param.value.get("id").and_then(Value::as_str);
                for id in own.into_iter().chain(other) {
                    by_id.entry(id).or_insert_with(|| param.clone());
                }
            }
            for below in ["groups", "controls"].into_iter().flat_map(|key| part.items(key, &mut quiet)) {
                walk(&below, by_id);
            }
        }
        let mut by_id = BTreeMap::new();
        walk(whole, &mut by_id);
        Self { by_id }
    }

    /// A text with its parameters in words.
    pub(super) fn fill(&self, text: &str, place: &str, left: &mut Losses) -> String {
        if !text.contains("{{") && !text.contains("}}") {
            return text.to_owned();
        }
        let mut filling = Filling { room: MOST, place, left };
        let filled = self.filled(text, &mut Vec::new(), &mut filling);
        if filling.room == 0 {
            left.add(place, "", "its parameters add more text than is taken; the rest is left out");
        }
        filled
    }

    fn filled(&self, text: &str, above: &mut Vec<String>, filling: &mut Filling<'_>) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            out += before;
            let Some((inside, after)) = after.split_once("}}").filter(|(inside, _)| !inside.contains("{{")) else {
                filling.left.add(filling.place, "{{", "an insertion starts here and does not end");
                out.push('[');
                rest = after;
                continue;
            };
            out += &self.inserted(named(inside), above, filling);
            rest = after;
        }
        (out + rest).replace("}}", "]")
    }

    /// What stands in the place of a parameter.
    fn inserted(&self, id: &str, above: &mut Vec<String>, filling: &mut Filling<'_>) -> String {
        let why = match self.by_id.get(id) {
            _ if above.iter().any(|over| over == id) => "this parameter inserts itself",
            _ if above.len() == DEEPEST => "parameters stand too deep in each other",
            _ if filling.room == 0 => return String::new(),
            None => "no parameter has this id",
            Some(param) => {
                above.push(id.to_owned());
                let words = self.words(param, above, filling);
                above.pop();
                let Some(words) = words else { return bare(id, "this parameter says nothing", filling) };
                filling.room = filling.room.saturating_sub(words.len());
                return words;
            }
        };
        bare(id, why, filling)
    }

    /// What a parameter says: the value that it has, or what is to be chosen or written.
    fn words(&self, param: &Part<'v>, above: &mut Vec<String>, filling: &mut Filling<'_>) -> Option<String> {
        let values = param.texts("values");
        if !values.is_empty() {
            return Some(values.join(", "));
        }
        let select = param.at("select");
        let choices = select.texts("choice");
        if !choices.is_empty() {
            let choices: Vec<String> = choices
                .into_iter()
                .map(|choice| self.filled(&plain(choice), above, filling).trim().to_owned())
                .collect();
            let many = select.value.get("how-many").and_then(Value::as_str) == Some("one-or-more");
            let head = if many { "one or more of" } else { "one of" };
            return Some(format!("[{head}: {}]", choices.join("; ")));
        }
        let text = |key: &str| param.value.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        let label = text("label").or_else(|| text("usage"))?;
        let label = self.filled(&plain(label), above, filling);
        Some(format!("[{}]", label.trim()))
    }
}

/// An id in the place of words.
fn bare(id: &str, why: &str, filling: &mut Filling<'_>) -> String {
    filling.left.add(filling.place, id, why);
    filling.room = filling.room.saturating_sub(id.len() + 2);
    format!("[{id}]")
}

/// The id in `insert: param, ac-1_prm_1`, as it stands between braces.
fn named(inside: &str) -> &str {
    let inside = inside.trim();
    let inside = inside.strip_prefix("insert:").unwrap_or(inside).trim_start();
    let inside =
        inside.strip_prefix("param").map(str::trim_start).and_then(|rest| rest.strip_prefix(',')).unwrap_or(inside);
    inside.trim()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::prose::closed_up;
    use super::*;

    fn filled(params: &Value, text: &str) -> (String, String) {
        let catalog = json!({"params": params});
        let mut left = Losses::default();
        let text = Params::of(&Part::whole(&catalog)).fill(text, "$.part", &mut left);
        (text, left.text().to_string())
    }

    #[test]
    fn labels_choices_and_values_are_put_into_words() {
        let params = json!([
            {"id": "who", "label": "roles"},
            {"id": "how", "select": {"how-many": "one-or-more", "choice": ["locks", " {{ insert: param, guards }} "]}},
            {"id": "guards", "label": "number of *guards*", "props": [{"name": "alt-identifier", "value": "old"}]},
            {"id": "one", "select": {"choice": ["a", "b"]}},
            {"id": "when", "values": ["at least yearly"], "label": "frequency"},
        ]);
        let text = "Ask {{ insert: param, who }} for {{insert:param,how}} , {{ one }} and {{ insert: param, old }} {{ insert: param, when }} .";
        let (text, left) = filled(&params, text);
        let wanted = "Ask [roles] for [one or more of: locks; [number of guards]], [one of: a; b] and [number of guards] at least yearly.";
        assert_eq!((closed_up(&text).as_str(), left.as_str()), (wanted, ""));
    }

    #[test]
    fn what_cannot_be_inserted_is_told_and_leaves_no_braces() {
        let params = json!([
            {"id": "self", "label": "a {{ insert: param, self }}"},
            {"id": "a", "select": {"choice": ["{{ insert: param, b }}"]}},
            {"id": "b", "select": {"choice": ["{{ insert: param, a }}"]}},
            {"id": "mute"},
        ]);
        let (text, left) =
            filled(&params, "{{ insert: param, self }}, {{ insert: param, a }}, {{ none }}, {{ mute }}, {{ open {{ x");
        assert_eq!(text, "[a [self]], [one of: [one of: [a]]], [none], [mute], [ open [ x");
        assert_eq!(left.matches("inserts itself").count(), 2, "{left}");
        assert!(
            left.contains("`none`: no parameter has this id") && left.contains("`mute`: this parameter says nothing"),
            "{left}"
        );
        assert_eq!(left.matches("does not end").count(), 2, "{left}");
    }

    #[test]
    fn parameters_that_multiply_end_soon() {
        let choice = |at: usize| vec![format!("{{{{ insert: param, p{at} }}}}"); 50];
        let mut params: Vec<Value> =
            (0..7).map(|at| json!({"id": format!("p{at}"), "select": {"choice": choice(at + 1)}})).collect();
        params.push(json!({"id": "p7", "label": "x".repeat(1_000)}));
        let (text, left) = filled(&Value::Array(params), "{{ insert: param, p0 }}");
        assert!(text.len() < 4 * MOST, "{}", text.len());
        assert!(left.contains("more text than is taken"), "{left}");
    }
}
