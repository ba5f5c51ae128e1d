//! The workflow commands of GitHub Actions, which report messages to a CI run.

use super::Shown;
use super::shown::quoted;

/// A command: its name, its properties and its data, in one line.
pub fn command(name: &str, properties: &[(&str, String)], text: &str) -> Shown {
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    let blank = if properties.is_empty() { "" } else { " " };
    Shown(format!("::{name}{blank}{}::{}\n", properties.join(","), data(text)))
}

fn data(text: &str) -> String {
    quoted(&text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A"))
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_ends_where_it_ends() {
        let properties = [("file", "a,b:c\n::error::d".to_owned()), ("line", "1".to_owned())];
        let told = command("error", &properties, "100 %\r\n::notice::x ##vso[y]\u{1b}");
        let wanted = "::error file=a%2Cb%3Ac%0A%3A%3Aerror%3A%3Ad,line=1::100 %25%0D%0A::notice::x ## vso[y]\u{fffd}\n";
        assert_eq!(*told, *wanted);
    }
}
