//! LibreOffice, with a profile of its own: it saves workbooks, and fills them in as somebody would who types.

use std::env;
use std::ffi::OsString;
use std::process::Command;

use crate::support::filled_workbook::place;
use crate::support::media_judges::absent;
use crate::support::temp_workspace::TempWorkspace;

/// LibreOffice; where it is absent, that is said.
pub(crate) struct Office(OsString);

impl Office {
    pub(crate) fn found() -> Option<Self> {
        let program = env::var_os("SOFFICE").unwrap_or_else(|| "soffice".into());
        let is_there = Command::new(&program).arg("--version").output().is_ok();
        if !is_there {
            absent("LibreOffice", "apt-get install --no-install-recommends libreoffice-calc");
        }
        is_there.then_some(Self(program))
    }

    /// The program, about to run in a folder.
    pub(crate) fn in_folder(&self, temp: &TempWorkspace) -> Command {
        let mut command = Command::new(&self.0);
        let profile = format!("-env:UserInstallation=file://{}", temp.path("office").display());
        command.current_dir(temp.path("")).arg(profile).arg("--headless");
        command
    }
}

/// Whether LibreOffice saved these workbooks, to the folder `saved`.
pub(crate) fn saved_by_libreoffice(temp: &TempWorkspace, books: &[&str]) -> bool {
    let Some(office) = Office::found() else { return false };
    let convert = ["--convert-to", "xlsx", "--outdir", "saved"];
    let output = office.in_folder(temp).args(convert).args(books).output().unwrap();
    for book in books {
        assert!(temp.path("saved").join(book).is_file(), "LibreOffice saved nothing: {output:?}");
    }
    true
}

/// What somebody types into a cell: its sheet, what its row is about, its head, and the text.
pub(crate) type Typed<'a> = (&'a str, &'a str, &'a str, &'a str);

const LIBRARIES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink">
 <library:library library:name="Standard" xlink:href="$(USER)/basic/Standard/script.xlb/" xlink:type="simple" library:link="false"/>
</library:libraries>"#;
const LIBRARY: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false">
 <library:element library:name="Typing"/>
</library:library>"#;
/// Without this, the first start would put an empty library in place of ours.
const SETTINGS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/Office"><prop oor:name="ooSetupInstCompleted" oor:op="fuse"><value>true</value></prop></item>
</oor:items>"#;

/// Whether LibreOffice opened each workbook, typed these texts into its cells, and saved it as an Excel workbook of the same name.
pub(crate) fn typed_in_libreoffice(temp: &TempWorkspace, books: &[(&str, &[Typed<'_>])]) -> bool {
    let Some(office) = Office::found() else { return false };
    let text = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut lines = Vec::new();
    for (book, cells) in books {
        let path = text(&format!("file://{}", temp.path(book).display()));
        let file = std::fs::read(temp.path(book)).unwrap();
        lines.push(format!("book = StarDesktop.loadComponentFromURL({path}, \"_blank\", 0, hidden())"));
        for (sheet, id, head, typed) in *cells {
            let (_, at) = place(&file, sheet, id, head);
            let cell = format!("book.Sheets.getByName({}).getCellRangeByName({})", text(sheet), text(&at));
            // Words are typed into cells for text, where nothing is made of them.
            let is_figure = typed.is_empty() || typed.starts_with(|c: char| c.is_ascii_digit());
            let how = if is_figure { "Formula" } else { "String" };
            lines.push(format!("{cell}.{how} = {}", text(typed)));
        }
        lines.push(format!("book.storeToURL({path}, filter())\nbook.close(True)"));
    }
    let lines = lines.join("\n").replace('&', "&amp;").replace('<', "&lt;");
    let program = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Typing" script:language="StarBasic">
Sub Main()
Dim hidden(0) As New com.sun.star.beans.PropertyValue
hidden(0).Name = "Hidden"
hidden(0).Value = True
Dim filter(0) As New com.sun.star.beans.PropertyValue
filter(0).Name = "FilterName"
filter(0).Value = "Calc MS Excel 2007 XML"
{lines}
Open "{}" For Output As #1
Print #1, "all of it"
Close #1
End Sub
</script:module>"#,
        temp.path("typed").display()
    );
    temp.put("office/user/registrymodifications.xcu", SETTINGS);
    temp.put("office/user/basic/script.xlc", LIBRARIES);
    temp.put("office/user/basic/Standard/script.xlb", LIBRARY);
    temp.put("office/user/basic/Standard/Typing.xba", program);
    let output = office.in_folder(temp).arg("macro:///Standard.Typing.Main()").output().unwrap();
    assert!(temp.path("typed").is_file(), "LibreOffice did not come to the end: {output:?}");
    true
}
