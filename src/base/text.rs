//! Makes untrusted text harmless to the program that shows it. Every module of `border` starts with this.

use unicode_normalization::UnicodeNormalization;

/// Whether `c` is a letter of a script that runs from right to left: Hebrew, Arabic, Syriac, Thaana, NKo and their like.
pub fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}' | '\u{10800}'..='\u{10FFF}'
        | '\u{1E800}'..='\u{1EFFF}')
}

/// Whether a character could control a terminal, reverse the text around it, or is invalid: controls except newline and tab,
/// Unicode's `Bidi_Control`, and noncharacters, which HTML and XML forbid.
pub fn is_deceptive(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        '\u{FDD0}'..='\u{FDEF}' => true,
        _ => c.is_control() || u32::from(c) & 0xFFFE == 0xFFFE,
    }
}

/// `text` with each deceptive character replaced by U+FFFD.
pub fn inert(text: &str) -> String {
    text.chars().map(|c| if is_deceptive(c) { '\u{FFFD}' } else { c }).collect()
}

/// Whether a character leaves a trace of its own on paper or is a blank: no control, format or filling character, and none that
/// Unicode has not assigned yet or leaves to private use.
pub fn is_showable(c: char) -> bool {
    let fills = matches!(c, '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{3164}' | '\u{FFA0}');
    let is_blank = c.is_whitespace() && !c.is_control() && !ends_line(c);
    // The standard library escapes what is not printable. Behind another character, it does not escape accents.
    let is_plain = matches!(c, '"' | '\'' | '\\') || format!("a{c}").escape_debug().count() == 2;
    !fills && (is_blank || is_plain)
}

/// Unicode's own ends of lines and paragraphs, at which some programs split lines.
pub fn ends_line(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// `text` in one line: inert, with a space for each newline and tab.
pub fn line(text: &str) -> String {
    text.chars()
        .map(|c| {
            if is_deceptive(c) {
                '\u{FFFD}'
            } else if c.is_control() || ends_line(c) {
                ' '
            } else {
                c
            }
        })
        .collect()
}

/// At most the first `most` characters of `text`, with a mark if it was longer.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// `text` in Unicode's composed form (NFC). Some systems write `é` as two characters, others as one; both become the same name.
pub fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// A text in lower case and composed: the same for all texts that a system may take for one.
pub fn caseless(text: &str) -> String {
    composed(&composed(text).to_lowercase())
}

/// What is the same in all spellings of a name: [`caseless`], and with one blank between words.
pub fn as_name(name: &str) -> String {
    caseless(name).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_is_replaced_and_what_shows_stays() {
        assert_eq!(inert("a\u{1b}[2Jb\u{202e}c\u{9b}d"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d");
        assert_eq!(inert("zwei\nZeilen\tß 日本"), "zwei\nZeilen\tß 日本");
        assert_eq!(line("zwei\nZeilen\t\u{7}\u{2028}\u{2029}"), "zwei Zeilen \u{fffd}  ");
    }

    #[test]
    fn letters_of_any_script_and_their_accents_are_showable_and_what_nobody_sees_is_not() {
        let shown = "aÄéи\u{306}е́ 文字ثقة§ /+\u{A0}\u{3000}\"'\\🙂क्ष";
        assert_eq!(shown.chars().filter(|c| !is_showable(*c)).collect::<String>(), "");
        let hidden =
            "\u{0}\t\n\u{85}\u{AD}\u{200B}\u{200D}\u{202E}\u{2028}\u{2066}\u{FEFF}\u{378}\u{FFFE}\u{E000}\u{3164}";
        assert_eq!(hidden.chars().filter(|c| is_showable(*c)).collect::<String>(), "");
    }

    #[test]
    fn a_long_text_is_cut_between_characters_and_marked() {
        assert_eq!([cut("ßé", 2), cut("ßéx", 2), cut("", 0)], ["ßé", "ßé…", ""]);
    }
}
