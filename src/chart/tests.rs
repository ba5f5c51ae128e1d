//! Tests that apply to all charts: normal values, hostile values, and a strict reader of the SVG.

use super::*;

pub(super) const CAPTION: Caption<'static> =
    Caption { id: "c1", title: "Maturity by Function", description: "Six Functions, 2026-Q3." };

pub(super) fn scale(top: u8) -> AxisScale {
    let tick = |at: u8| Tick { at: f64::from(at), label: at.to_string() };
    AxisScale { bottom: 0.0, top: f64::from(top), ticks: (0..=top).map(tick).collect() }
}

/// One element on each line, so that a snapshot's difference is readable.
pub(super) fn by_element(svg: &str) -> String {
    svg.replace("><", ">\n<")
}

/// One of every chart, with the same label, value and scale everywhere.
fn all(label: &str, value: Option<f64>, scale: &AxisScale, count: usize) -> Vec<String> {
    let values = vec![value; count];
    let caption = Caption { id: label, title: label, description: label };
    let text = label.to_owned();
    let axis = Axis { label: text.clone(), href: text.clone(), note: text.clone() };
    let outline = |series| RadarSeries { series, values: values.clone() };
    let bar = Bar {
        label: text.clone(),
        href: text.clone(),
        value,
        value_text: text.clone(),
        target: value,
        previous: value,
    };
    let part = StackPart { state: AnswerState::Unknown, count: 3 };
    let stack = Stack { label: text.clone(), href: text.clone(), note: text.clone(), parts: vec![part; count] };
    let line = TrendLine { name: text.clone(), href: text.clone(), series: Series::Nth(count), values: values.clone() };
    let at = value.unwrap_or(f64::NAN);
    let end = End { label: text.clone(), value: at, value_text: text.clone() };
    let step =
        BridgeStep { label: text.clone(), href: text.clone(), amount: at, way: Way::Up, value_text: text.clone() };
    vec![
        radar(&Radar {
            caption,
            scale,
            axes: vec![axis; count],
            series: [Series::Score, Series::Target, Series::Previous, Series::Claimed].map(outline).to_vec(),
        }),
        dots(&Radar {
            caption,
            scale,
            axes: vec![Axis { label: text.clone(), href: text.clone(), note: text.clone() }; count],
            series: vec![outline(Series::Score)],
        }),
        bars(&Bars { caption, scale, rows: vec![bar; count] }),
        distribution(&Distribution { caption, rows: vec![stack; count] }),
        trend(&Trend {
            caption,
            scale,
            points: vec![text.clone(); count],
            hrefs: vec![text.clone(); count],
            lines: vec![line; count],
        }),
        bridge(&Bridge { caption, scale, from: end.clone(), steps: vec![step; count], to: end }),
        spark(&Spark { caption, scale, values: &values }),
        spark_hidden(scale, &values),
        tile(&Tile { caption, scale, points: &vec![text.clone(); count], values: &values, texts: &vec![text; count] }),
        step_key(Way::Down),
        series_key(Series::Nth(count)),
        bar_key(Series::Target),
        state_key(label, AnswerState::NotApplicable),
    ]
}

/// Reads an SVG as strictly as XML requires: one root, balanced tags, quoted unique attributes, known entities.
pub(super) fn assert_well_formed(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = svg;
    while let Some(start) = rest.find('<') {
        assert_text(&rest[..start]);
        assert!(start == 0 || !open.is_empty(), "text outside the root: {svg}");
        let end = rest[start..].find('>').expect("a tag ends") + start;
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{svg}");
        } else {
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            assert_attributes(attributes.trim_end_matches('/'));
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
        assert!(!open.is_empty() || rest.is_empty(), "more than one root: {svg}");
    }
    assert!(open.is_empty() && rest.is_empty(), "{svg}");
}

fn assert_attributes(mut attributes: &str) {
    let mut names = std::collections::BTreeSet::new();
    while let Some((name, after)) = attributes.split_once("=\"") {
        let (value, after) = after.split_once('"').expect("a value ends");
        assert!(names.insert(name.trim()), "{name} twice");
        assert!(name.trim().chars().all(|c| c.is_ascii_alphabetic() || c == '-'), "{name}");
        assert!(!name.contains("style") && !name.trim().starts_with("on"), "{name}");
        assert_text(value);
        attributes = after;
    }
    assert_eq!(attributes.trim(), "");
}

fn assert_text(text: &str) {
    for entity in text.split('&').skip(1) {
        let name = entity.split(';').next().unwrap();
        assert!(["amp", "lt", "gt", "quot", "#39"].contains(&name), "{entity}");
    }
    assert!(!text.contains(|c: char| c.is_control() || matches!(c, '<' | '>' | '"' | '\'')), "{text:?}");
}

const LABELS: [&str; 6] = [
    "Protect",
    "Improvement of the recovery and continuity practices overall",
    "サプライチェーンのリスクマネジメントと資産管理の状況について",
    "إدارة مخاطر سلسلة التوريد والأصول",
    "\"><script>alert('x')</script>&amp;",
    "a\0b\u{1b}[31m\u{202e}c\u{ffff}",
];

#[test]
fn no_name_of_a_real_catalog_is_cut() {
    let longest = [
        "Identity Management, Authentication, and Access Control",
        "Cybersecurity Supply Chain Risk Management",
        "Incident Response Reporting and Communication",
        "Personally Identifiable Information Processing and Transparency",
        "Protect Cardholder Data with Strong Cryptography During Transmission Over Open, Public Networks",
        "Verantwortlichkeiten für Informationssicherheit im Projektmanagement",
    ];
    for name in longest {
        for count in [2, 6, 12, 20] {
            // Trend and bridge name Functions and causes, never Categories.
            for svg in &all(name, Some(2.5), &scale(5), count)[..4] {
                let mut texts =
                    svg.split("<text").filter(|text| text.contains("axis-label") || text.contains("row-label"));
                assert!(texts.all(|text| !text.contains('…')), "{name}, {count}: {svg}");
            }
        }
    }
}

#[test]
fn every_chart_is_well_formed_whatever_it_is_given() {
    let values = [None, Some(2.5), Some(-7.0), Some(1e300), Some(f64::NAN), Some(f64::NEG_INFINITY)];
    for label in LABELS {
        for (value, count) in values.into_iter().zip([0, 1, 2, 3, 7, 20]) {
            for svg in all(label, value, &scale(5), count) {
                assert_well_formed(&svg);
                assert!(!svg.contains("NaN") && !svg.contains("inf") && !svg.contains("\"-0\""), "{svg}");
                assert!(!svg.contains("<script") && !svg.contains("<style"), "{svg}");
            }
        }
    }
}

#[test]
fn what_stands_alone_is_well_formed_and_holds_its_chart_whole() {
    for label in LABELS {
        let keys = vec![(series_key(Series::Target), label.to_owned()); 7];
        for chart in all(label, Some(2.5), &scale(5), 6) {
            let alone =
                Sheet { title: label.to_owned(), note: label.to_owned(), chart: chart.clone(), keys: keys.clone() };
            let svg = sheet(&alone, "a > b { color: red }");
            assert_well_formed(svg.trim_end());
            let drawing = |svg: &str| svg.split_once('>').unwrap().1.to_owned();
            assert!(svg.contains(&drawing(&chart)) && svg.contains("<style>a &gt; b { color: red }</style>"), "{svg}");
        }
        let empty = Sheet { title: label.to_owned(), note: label.to_owned(), ..Sheet::default() };
        assert_well_formed(sheet(&empty, "").trim_end());
        for level in ["level-3", ""] {
            let figure = Badge { label: label.to_owned(), value: label.to_owned(), level: level.to_owned() };
            assert_well_formed(badge(&figure, "").trim_end());
        }
    }
    let figure = Badge {
        label: "Protect 2026-Q3".to_owned(),
        value: "2.4 of 5 · 78 of 79 assessed".to_owned(),
        level: "level-2".to_owned(),
    };
    insta::assert_snapshot!(by_element(&badge(&figure, "")));
}

#[test]
fn a_scale_that_is_none_makes_everything_unknown() {
    let ticks = vec![Tick { at: f64::NAN, label: "x".to_owned() }, Tick { at: 1.0, label: "1".to_owned() }];
    for (bottom, top) in [(0.0, 0.0), (5.0, 0.0), (f64::NAN, 5.0), (0.0, f64::INFINITY), (f64::MIN, f64::MAX)] {
        let scale = AxisScale { bottom, top, ticks: ticks.clone() };
        for svg in all("x", Some(1.0), &scale, 4) {
            assert_well_formed(&svg);
            assert!(!svg.contains("class=\"bar\"") && !svg.contains("<circle class=\"score"), "{svg}");
        }
    }
}

#[test]
fn the_same_figures_give_the_same_bytes() {
    assert_eq!(all("Protect", Some(2.345), &scale(5), 6), all("Protect", Some(2.345), &scale(5), 6));
}

#[test]
fn a_chart_is_named_and_described_by_ids_of_its_own() {
    let scale = scale(5);
    let svg = bars(&Bars { caption: CAPTION, scale: &scale, rows: Vec::new() });
    assert!(svg.contains("role=\"img\" aria-labelledby=\"c1-title c1-desc\"><title id=\"c1-title\">Maturity"));
    let caption = Caption { description: "", ..CAPTION };
    let svg = bars(&Bars { caption, scale: &scale, rows: Vec::new() });
    assert!(svg.contains("aria-labelledby=\"c1-title\">") && !svg.contains("desc"));
}

#[test]
fn an_html_reader_finds_the_texts_as_they_were_written() {
    let svg = all(LABELS[4], Some(1.0), &scale(5), 4).remove(0);
    let page = scraper::Html::parse_document(&svg);
    let title = page.select(&scraper::Selector::parse("svg title").unwrap()).next().unwrap();
    assert_eq!(title.text().collect::<String>(), LABELS[4]);
    assert!(page.select(&scraper::Selector::parse("script").unwrap()).next().is_none());
}
