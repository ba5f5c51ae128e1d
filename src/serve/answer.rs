//! Answers one request with a file of the latest report.
//!
//! Files are looked up in the list of the site and never on the disk, so that no path leads anywhere else. Requests that name
//! another host (a name that somebody else points at this machine) or come from another site's page are refused: see the
//! advisories CVE-2023-40274 of Zola, CVE-2025-24010 of Vite and CVE-2025-30360 of webpack-dev-server.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use axum::response::Response;
use percent_encoding::percent_decode_str;
use tokio::sync::watch::Receiver;

use super::Latest;
use crate::border::html::escape;

/// The data that answers a request.
#[derive(Clone)]
pub(super) struct Served {
    /// The host names that this machine has for itself, with the port.
    hosts: Arc<[String]>,
    latest: Receiver<Latest>,
}

impl Served {
    pub(super) fn new(port: u16, latest: Receiver<Latest>) -> Self {
        Self { hosts: ["localhost", "127.0.0.1"].map(|host| format!("{host}:{port}")).into(), latest }
    }

    /// Whether a request comes from this machine's browser, and from a page of this report where it comes from a page.
    fn refuses(&self, uri: &Uri, headers: &HeaderMap) -> Option<StatusCode> {
        let known = |host: &str| self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host));
        let texts = |name: HeaderName| headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default());
        // If there are two hosts, a proxy may have used the other one.
        let hosts: Vec<&str> = texts(header::HOST).collect();
        let named = uri.authority().is_none_or(|authority| known(authority.as_str()));
        if !named || hosts.len() != 1 || !known(hosts[0]) {
            return Some(StatusCode::MISDIRECTED_REQUEST);
        }
        let foreign = |origin: &str| !origin.strip_prefix("http://").is_some_and(known);
        texts(header::ORIGIN).any(foreign).then_some(StatusCode::FORBIDDEN)
    }
}

/// How long a page waits for news before it asks again.
const PATIENCE: Duration = Duration::from_secs(25);

/// The folder of what is served beside the report; no file of a report starts with a dot.
const OWN: &str = "/.milepost/";
const SCRIPT: &str = include_str!("serve.js");
const STYLE: &str = include_str!("serve.css");

/// Answers a request.
pub(super) async fn answer(State(mut served): State<Served>, request: Request) -> Response {
    if let Some(refusal) = served.refuses(request.uri(), request.headers()) {
        return plain(refusal, "This report is shown to this machine's own browser only.\n");
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "A report can only be read.\n");
    }
    match request.uri().path().strip_prefix(OWN) {
        None => file(&served.latest.borrow().clone(), request.uri().path()),
        Some("serve.js") => response(StatusCode::OK, "serve.js", SCRIPT.into()),
        Some("serve.css") => response(StatusCode::OK, "serve.css", STYLE.into()),
        Some("number") => {
            let seen = request.uri().query().and_then(|query| query.strip_prefix("after=")?.parse().ok());
            // With or without news, the answer is the number of the latest build.
            let news = served.latest.wait_for(|latest| Some(latest.number) != seen);
            let _ = tokio::time::timeout(PATIENCE, news).await.is_ok();
            let number = served.latest.borrow().number;
            plain(StatusCode::OK, &number.to_string())
        }
        Some(_) => plain(StatusCode::NOT_FOUND, "There is no such file.\n"),
    }
}

/// A file of the report. For a folder, its index.html.
fn file(latest: &Latest, path: &str) -> Response {
    let Ok(decoded) = percent_decode_str(path.strip_prefix('/').unwrap_or(path)).decode_utf8() else {
        return nothing(StatusCode::NOT_FOUND, latest, &latest.problems);
    };
    let render = |path: &str| latest.report.as_ref().and_then(|report| report(path));
    let name = match decoded.as_ref() {
        folder if folder.is_empty() || folder.ends_with('/') => format!("{folder}index.html"),
        file => file.to_owned(),
    };
    match render(&name) {
        Some(Ok(bytes)) if name.ends_with(".html") => {
            let html = with_news(&String::from_utf8_lossy(&bytes), latest, &latest.problems);
            response(StatusCode::OK, &name, html.into())
        }
        Some(Ok(bytes)) => response(StatusCode::OK, &name, bytes.into()),
        Some(Err(problems)) => nothing(StatusCode::INTERNAL_SERVER_ERROR, latest, &problems),
        None if render(&format!("{name}/index.html")).is_some() => {
            let mut moved = plain(StatusCode::PERMANENT_REDIRECT, "");
            let there = format!("{path}/").parse().expect("a path and a slash");
            moved.headers_mut().insert(header::LOCATION, there);
            moved
        }
        None => nothing(StatusCode::NOT_FOUND, latest, &latest.problems),
    }
}

/// A page for a missing page. It reloads by itself when the page exists.
fn nothing(status: StatusCode, latest: &Latest, problems: &str) -> Response {
    let why = if latest.report.is_some() { "There is no such page" } else { "There is no report yet" };
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{why}</title>\n</head>\n\
         <body>\n<main>\n<h1>{why}</h1>\n<p><a href=\"/\">To the start</a></p>\n</main>\n</body>\n</html>\n"
    );
    response(status, "index.html", with_news(&page, latest, problems).into())
}

/// Adds the problems to a page and makes it reload after the next build.
fn with_news(page: &str, latest: &Latest, problems: &str) -> String {
    let number = latest.number;
    let head = format!(
        "<link rel=\"stylesheet\" href=\"{OWN}serve.css\">\n\
         <script src=\"{OWN}serve.js\" data-number=\"{number}\" defer></script>\n"
    );
    let stale = if latest.report.is_some() { "; the last report that could be made is shown" } else { "" };
    let overlay = format!(
        "<div class=\"milepost-problems\" role=\"alert\">\n<details open>\n<summary>The workspace has mistakes{stale}</summary>\n\
         <pre tabindex=\"0\">{}</pre>\n</details>\n</div>\n",
        escape(problems)
    );
    let page = insert(page, "</head>", &head);
    let page = if problems.is_empty() { page } else { insert(&page, "</body>", &overlay) };
    // The report's own pages ask nobody for anything; a served one asks for news.
    page.replacen("default-src 'none';", "default-src 'none'; connect-src 'self';", 1)
}

/// Puts `what` before `mark`, or at the end of a theme's page that has no such mark.
fn insert(page: &str, mark: &str, what: &str) -> String {
    let at = page.find(mark).unwrap_or(page.len());
    [&page[..at], what, &page[at..]].concat()
}

fn plain(status: StatusCode, text: &str) -> Response {
    response(status, "plain.txt", text.to_owned().into())
}

/// A response that is not cached and that pages of other sites cannot use.
fn response(status: StatusCode, name: &str, body: Body) -> Response {
    let builder = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, media_type(name))
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::CONTENT_SECURITY_POLICY, "frame-ancestors 'none'")
        .header("cross-origin-resource-policy", "same-origin");
    builder.body(body).expect("every header is a plain word")
}

/// The media type of a file by its ending, of all kinds that a theme may hold.
fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
