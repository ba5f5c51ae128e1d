//! The text of a file: UTF-8, or UTF-16 where the file says so by its first bytes.

use super::LIMIT;

/// The text of `bytes`, without a byte order mark.
///
/// # Errors
/// A sentence without a full stop: the file is too large, or no text.
pub fn decode(bytes: &[u8]) -> Result<String, String> {
    if bytes.len() > LIMIT {
        return Err(format!("it has {} bytes, and at most {} MiB are read", bytes.len(), LIMIT >> 20));
    }
    if bytes.starts_with(GZIP) {
        return Err("it is packed with gzip: unpack it first".to_owned());
    }
    let text = text(bytes).map_err(|why| format!("{why}; save the file as UTF-8"))?;
    if text.contains('\0') {
        return Err("it holds a NUL, as UTF-16 without its mark does; save the file as UTF-8".to_owned());
    }
    if text.trim().is_empty() { Err("it is empty".to_owned()) } else { Ok(text) }
}

/// The first bytes of a file that is packed with gzip.
const GZIP: &[u8] = &[0x1F, 0x8B];

/// The text of `bytes`, which may be empty, without a byte order mark.
///
/// # Errors
/// What is wrong, without what to do about it.
pub(super) fn text(bytes: &[u8]) -> Result<String, String> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        bytes => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("line {line} is not UTF-8")
    })?;
    Ok(text.to_owned())
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    let text = String::from_utf16(&units).ok().filter(|_| rest.is_empty());
    text.ok_or_else(|| "it starts like UTF-16, and is cut off or not UTF-16".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_byte_order_go_and_what_is_no_text_is_refused() {
        let utf16 = |mark: [u8; 2], unit: fn(u16) -> [u8; 2]| {
            mark.into_iter().chain("ä1".encode_utf16().flat_map(unit)).collect::<Vec<u8>>()
        };
        for bytes in [
            "ä1".as_bytes().to_vec(),
            "\u{feff}ä1".as_bytes().to_vec(),
            utf16([0xFF, 0xFE], u16::to_le_bytes),
            utf16([0xFE, 0xFF], u16::to_be_bytes),
        ] {
            assert_eq!(decode(&bytes).as_deref(), Ok("ä1"));
        }
        for (bytes, why) in [
            (&b""[..], "empty"),
            (b"\xEF\xBB\xBF \n", "empty"),
            (b"a\nb\xE4", "line 2 is not UTF-8"),
            (b"\xFF\xFEa", "cut off"),
            (b"\x1F\x8B\x08\0", "unpack it first"),
            (b"\0a\0b", "UTF-16 without its mark"),
        ] {
            assert!(decode(bytes).unwrap_err().contains(why), "{bytes:?}");
        }
        assert!(decode(&vec![b'a'; LIMIT + 1]).unwrap_err().contains("32 MiB"));
    }
}
