//! Recognises what kind of file somebody gave, by what it holds and not by its name.

/// What a file is, as far as its first bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// A zip archive, as every `.xlsx` file is.
    Archive,
    /// An OpenDocument file, such as `.ods`.
    OpenDocument,
    /// A workbook of Excel before 2007, or one with a password.
    OldWorkbook,
    /// JSON.
    Json,
    /// XML.
    Xml,
    /// Any other text, such as CSV or YAML.
    Text,
    /// Something that is no text.
    Binary,
    /// Nothing but blanks.
    Empty,
}

impl Container {
    /// What these bytes are.
    pub fn of(bytes: &[u8]) -> Self {
        if bytes.starts_with(b"PK") {
            // An OpenDocument file says what it is in its first part, which is not compressed.
            let is_open_document = bytes.get(30..38) == Some(b"mimetype");
            return if is_open_document { Self::OpenDocument } else { Self::Archive };
        }
        if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Self::OldWorkbook;
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let first = text.iter().copied().find(|byte| !byte.is_ascii_whitespace());
        let is_wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        match first {
            _ if is_wide => Self::Text,
            None => Self::Empty,
            // PDF and RTF begin like text.
            _ if bytes.starts_with(b"%PDF-") || bytes.starts_with(b"{\\rtf") => Self::Binary,
            Some(b'{' | b'[') => Self::Json,
            Some(b'<') => Self::Xml,
            _ if bytes.iter().take(4096).any(|byte| *byte == 0) => Self::Binary,
            _ => Self::Text,
        }
    }

    /// What to call it, and what to do where something else is wanted.
    pub fn told(self) -> &'static str {
        match self {
            Self::Archive => "this is a zip archive, as an .xlsx workbook is",
            Self::OpenDocument => "this is an OpenDocument file: save it as .xlsx",
            Self::OldWorkbook => {
                "this is an old .xls workbook, or one with a password: save it as .xlsx without a password"
            }
            Self::Json => "this is JSON",
            Self::Xml => "this is XML",
            Self::Text => "this is text, such as CSV or YAML",
            Self::Binary => "this is neither a workbook nor text",
            Self::Empty => "the file is empty",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_holds() {
        let mut open = b"PK\x03\x04".to_vec();
        open.resize(30, 0);
        open.extend(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet");
        let cases: [(&[u8], Container); 13] = [
            (b"PK\x03\x04abc", Container::Archive),
            (&open, Container::OpenDocument),
            (&[0xd0, 0xcf, 0x11, 0xe0, 0xa1], Container::OldWorkbook),
            (b"\xef\xbb\xbf \n{\"a\": 1}", Container::Json),
            (b"[1]", Container::Json),
            (b"<?xml version=\"1.0\"?>", Container::Xml),
            (b"a;b\n1;2\n", Container::Text),
            (b"\xff\xfea\0;\0b\0", Container::Text),
            (b"a\0b", Container::Binary),
            (b"", Container::Empty),
            (b"\xef\xbb\xbf \r\n", Container::Empty),
            (b"%PDF-1.7", Container::Binary),
            (b"{\\rtf1 a}", Container::Binary),
        ];
        for (bytes, wanted) in cases {
            assert_eq!(Container::of(bytes), wanted, "{bytes:?}");
        }
    }
}
