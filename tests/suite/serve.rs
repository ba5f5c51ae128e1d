//! Requests in, the answers of `milepost serve` out, byte by byte over a socket, while files of its workspace change.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use walkdir::WalkDir;

const MILEPOST: &str = env!("CARGO_BIN_EXE_milepost");

/// A new workspace and a server of it, which ends with the value.
struct Served {
    folder: TempDir,
    server: Child,
    /// `127.0.0.1` and the port.
    host: String,
    said: BufReader<std::process::ChildStderr>,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Served {
    fn new() -> Self {
        Self::to("full")
    }

    /// A server of the edition for `audience`.
    fn to(audience: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let made = Command::new(MILEPOST).arg("init").arg(folder.path().join("w")).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut serve = Command::new(MILEPOST);
        serve
            .current_dir(folder.path())
            .args(["--root", "w", "serve", "--port", "0", "--audience", audience])
            .stderr(Stdio::piped());
        let mut server = serve.spawn().unwrap();
        let said = BufReader::new(server.stderr.take().unwrap());
        let mut served = Self { folder, server, host: String::new(), said };
        let ready = served.hear("shows the report");
        served.host = ready.strip_prefix("http://").unwrap().split('/').next().unwrap().to_owned();
        served
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join("w").join(path)
    }

    /// The first line from now on that holds `what`.
    fn hear(&mut self, what: &str) -> String {
        self.said.by_ref().lines().map(Result::unwrap).find(|line| line.contains(what)).expect("it goes on talking")
    }

    /// Changes a file of the workspace, and waits until the server says `what`.
    fn change(&mut self, path: &str, change: impl Fn(&str) -> String, what: &str) {
        let path = self.path(path);
        fs::write(&path, change(&fs::read_to_string(&path).unwrap())).unwrap();
        self.hear(what);
    }

    /// The answer to a request of the server's own host, with more lines for its head.
    fn ask(&self, method: &str, path: &str, more: &str) -> Answer {
        self.ask_raw(&format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n{more}Connection: close\r\n\r\n", self.host))
    }

    fn ask_raw(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
        Answer { status: head[9..12].parse().unwrap(), head, body: bytes[end + 4..].to_vec() }
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "")
    }

    /// The number of the latest build.
    fn number(&self) -> u64 {
        self.get("/.milepost/number").text().parse().unwrap()
    }
}

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

/// A served page as a build writes it.
fn without_news(page: &str) -> String {
    let own = |line: &&str| !line.contains("/.milepost/");
    let page: String = page.split_inclusive('\n').filter(own).collect();
    page.replacen(" connect-src 'self';", "", 1)
}

#[test]
fn what_is_served_is_what_is_built() {
    let served = Served::new();
    let built =
        Command::new(MILEPOST).current_dir(served.folder.path()).args(["--root", "w", "build"]).output().unwrap();
    assert!(built.status.success());
    let site = served.path("public");
    let files = WalkDir::new(&site).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    let mut compared = 0;
    for file in files {
        let path = file.path().strip_prefix(&site).unwrap().to_str().unwrap();
        if path.starts_with('.') {
            continue;
        }
        let (answer, written) = (served.get(&format!("/{path}")), fs::read(file.path()).unwrap());
        assert_eq!(answer.status, 200, "{path}");
        if path.ends_with(".html") {
            assert!(answer.text().contains("/.milepost/serve.js"), "{path}");
            assert!(without_news(&answer.text()).into_bytes() == written, "{path}");
        } else {
            assert!(answer.body == written, "{path}");
        }
        compared += 1;
    }
    assert!(compared > 100, "{compared}");
    let (start, folder) = (served.get("/"), served.get("/method"));
    assert_eq!(start.body, served.get("/index.html").body);
    assert_eq!(folder.status, 308);
    assert!(folder.head.contains("location: /method/\r\n"), "{}", folder.head);
    assert_eq!(served.get("/method/").body, served.get("/method/index.html").body);
    assert!(served.get("/assets/site.css").head.contains("content-type: text/css; charset=utf-8\r\n"));
    let head = served.ask("HEAD", "/", "");
    assert_eq!((head.status, head.body.len()), (200, 0));
}

/// Zola's CVE-2023-40274 is the first.
#[test]
fn no_path_leads_out_of_the_report() {
    let served = Served::new();
    fs::create_dir(served.path("public")).unwrap();
    fs::write(served.path("public/own.txt"), "not of the report").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc", served.path("public/link")).unwrap();
    let paths = "/../milepost.toml /%2e%2e/milepost.toml /%2e%2e%2fmilepost.toml /..%5cmilepost.toml /%252e%252e/milepost.toml \
        //etc/passwd /etc/passwd /method/../../milepost.toml /%00 /index.html%00 /%zz /% /.git/HEAD /.milepost-site /.milepost/ \
        /.milepost/../milepost.toml /milepost.toml /controls/ /public/own.txt /own.txt /link/passwd /method/index.html/ \
        /C:/milepost.toml /index.html::$DATA /%ff";
    for path in paths.split_whitespace() {
        let answer = served.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("[organization]") && !answer.text().contains("root:"), "{path}");
    }
}

/// Vite's CVE-2025-24010 and webpack-dev-server's CVE-2025-30360: what another site's page may ask for, and under which name.
#[test]
fn only_this_machines_browser_is_answered() {
    let served = Served::new();
    let port = served.host.rsplit_once(':').unwrap().1.to_owned();
    for host in [format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("LOCALHOST:{port}")] {
        let answer = served.ask_raw(&format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        assert_eq!(answer.status, 200, "{host}");
    }
    let strange = ["evil.example", "127.0.0.1", "localhost", "localhost:1", "127.0.0.1.evil.example", "0.0.0.0", ""];
    for host in strange.map(|host| host.replace("evil.example", &format!("evil.example:{port}"))) {
        let answer = served.ask_raw(&format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        assert_eq!(answer.status, 421, "{host}");
    }
    let absolute = format!("GET http://evil.example/ HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", served.host);
    assert_eq!(served.ask_raw(&absolute).status, 421);
    let absolute = format!("GET http://{0}/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", served.host);
    assert_eq!(served.ask_raw(&absolute).status, 421);
    for others in
        [format!("Host: evil.example:{port}\r\n"), format!("host: {}\r\n", served.host), "Host:\r\n".to_owned()]
    {
        assert_eq!(served.ask("GET", "/", &others).status, 421, "{others}");
    }
    assert_eq!(served.ask_raw("GET / HTTP/1.0\r\n\r\n").status, 421);

    for path in ["/", "/search/1.js", "/.milepost/number"] {
        for origin in
            ["http://evil.example", "null", "https://localhost", &format!("http://localhost:{port}.evil.example")]
        {
            assert_eq!(served.ask("GET", path, &format!("Origin: {origin}\r\n")).status, 403, "{path} {origin}");
            let two = format!("Origin: http://{}\r\nOrigin: {origin}\r\n", served.host);
            assert_eq!(served.ask("GET", path, &two).status, 403, "{path} {origin}");
        }
        let answer = served.ask("GET", path, &format!("Origin: http://{}\r\n", served.host));
        assert_eq!(answer.status, 200);
        for line in
            ["cross-origin-resource-policy: same-origin", "x-content-type-options: nosniff", "cache-control: no-store"]
        {
            assert!(answer.head.contains(line), "{path}: {line} in {}", answer.head);
        }
        assert!(!answer.head.contains("access-control"), "{}", answer.head);
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        assert_eq!(served.ask(method, "/", "").status, 405, "{method}");
    }
    let port: u16 = port.parse().unwrap();
    assert!(TcpStream::connect((Ipv4Addr::new(127, 0, 0, 2), port)).is_err(), "it listens at one address only");
}

#[test]
fn a_change_shows_and_a_mistake_keeps_the_last_report() {
    let mut served = Served::new();
    let first = served.number();
    served.change("milepost.toml", |text| text.replacen("title = \"", "title = \"Renamed ", 1), "Build");
    assert!(served.number() > first);
    let good = served.get("/");
    assert!(good.text().contains("Renamed "), "the new name is on the page");
    assert!(!good.text().contains("milepost-problems"));

    served.change("milepost.toml", |text| format!("{text}\n<b> = 1\n"), "The last report");
    let broken = served.get("/").text();
    assert!(broken.contains("Renamed ") && broken.contains("milepost-problems"));
    assert!(broken.contains("milepost.toml:") && broken.contains("&lt;b&gt; = 1") && !broken.contains("<b> = 1"));

    served.change("milepost.toml", |text| text.replace("\n<b> = 1\n", ""), "Build");
    assert!(without_news(&served.get("/").text()) == without_news(&good.text()));
}

#[test]
fn a_page_that_waits_is_told_of_the_next_build() {
    let mut served = Served::new();
    let number = served.number();
    let mut waiting = TcpStream::connect(&served.host).unwrap();
    let request =
        format!("GET /.milepost/number?after={number} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", served.host);
    waiting.write_all(request.as_bytes()).unwrap();
    served.change("milepost.toml", |text| text.replacen("title = \"", "title = \"Renamed ", 1), "Build");
    let mut answer = String::new();
    waiting.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with(&format!("\r\n\r\n{}", number + 1)), "{answer}");
}

#[test]
fn a_new_folder_is_watched_and_a_broken_theme_keeps_the_old_one() {
    let mut served = Served::new();
    let good = served.get("/guides/").text();
    let templates = served.path("themes/default/templates");
    fs::create_dir_all(&templates).unwrap();
    fs::write(templates.join("guides.html"), "{{ no_such_name }}").unwrap();
    served.hear("The last report");
    let broken = served.get("/guides/").text();
    assert!(broken.contains("guides.html:1:4") && broken.contains("milepost-problems"), "{broken}");
    assert_eq!(
        without_news(broken.split("<div class=\"milepost").next().unwrap()),
        without_news(good.split("</body>").next().unwrap())
    );
    fs::write(templates.join("guides.html"), "<p>A theme of our own").unwrap();
    served.hear("Build");
    assert!(served.get("/guides/").text().starts_with("<p>A theme of our own"));
}

#[test]
fn a_workspace_that_is_broken_from_the_start_waits_for_its_mending() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let serve = |root: &Path, port: &str| {
        let mut serve = Command::new(MILEPOST);
        serve.arg("--root").arg(root).args(["serve", "--port", port]).stderr(Stdio::piped());
        serve.spawn().unwrap()
    };
    let refused = serve(folder.path(), &port).wait_with_output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(said, format!("error: port {port}: address in use; choose another with --port\n"));
    assert_eq!(refused.status.code(), Some(1));

    let mut server = serve(folder.path(), "0");
    let said = BufReader::new(server.stderr.take().unwrap());
    let mut served = Served { folder, server, host: String::new(), said };
    let ready = served.hear("shows the report");
    served.host = ready.strip_prefix("http://").unwrap().split('/').next().unwrap().to_owned();
    let page = served.get("/");
    assert_eq!(page.status, 404);
    assert!(page.text().contains("There is no report yet") && page.text().contains("milepost.toml"));
}

#[test]
fn an_audience_does_not_see_mistakes() {
    let mut served = Served::to("board");
    fs::write(served.path("content/2026-Q4/platform/secret.toml"), "x = \"Office IT\"\n").unwrap();
    // The terminal is for whoever may read the workspace.
    served.hear("secret.toml");
    served.hear("The last report");
    let page = served.get("/").text();
    assert!(page.contains("milepost check lists them"), "{page}");
    assert!(!page.contains("secret") && !page.contains("Office IT"), "{page}");
}
