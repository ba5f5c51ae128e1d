//! The files of a group's report, each rendered when it is asked for.

use super::address::{GroupAddress, GroupPaging, GroupRegister, GroupSheet};
use super::page::View;
use super::{Group, home, lists, sheet};
use crate::border::{csv, script};
use crate::diagnostic::Diagnostic;
use crate::model::ids::FunctionId;
use crate::model::strings::Strings;
use crate::report::paging::{ROOM, parts};
use crate::report::site::Rendered;
use crate::report::theme::Theme;
use crate::report::view::Page;

/// The site of a group.
pub struct GroupSite<'a> {
    view: View<'a>,
    theme: &'a Theme,
    paging: GroupPaging,
    files: Vec<(String, GroupFile)>,
}

/// What a file is.
#[derive(Clone, Copy)]
enum GroupFile {
    Page(GroupAddress),
    /// The rows of a part of a register, for the filters of its other parts.
    Rows(GroupRegister, usize),
    Sheet(GroupSheet),
    Asset,
}

impl<'a> GroupSite<'a> {
    /// The site of a group, in the words and the looks of a theme.
    pub fn new(group: &'a Group, theme: &'a Theme, strings: &'a Strings) -> Self {
        let view = View { group, strings };
        let functions: Vec<FunctionId> = group.catalog().functions.ids().collect();
        let registers = group.registers().into_iter().chain(functions.iter().copied().map(GroupRegister::Controls));
        let paged = |register| (register, parts(lists::sizes(view, register), ROOM));
        let paging = GroupPaging::new(registers.map(paged).collect());
        let mut files: Vec<GroupFile> = group.sections().into_iter().map(GroupFile::Page).collect();
        files.extend(functions.into_iter().map(|function| GroupFile::Page(GroupAddress::Function(function))));
        for (register, parts) in paging.split() {
            files.extend((1..parts.len()).map(|part| GroupFile::Page(GroupAddress::List(*register, part))));
            files.extend((0..parts.len()).map(|part| GroupFile::Rows(*register, part)));
        }
        files.extend(GroupSheet::all(group).into_iter().map(GroupFile::Sheet));
        let path = |file: GroupFile| match file {
            GroupFile::Page(address) => address.path(group),
            GroupFile::Rows(register, part) => register.script(group, part),
            GroupFile::Sheet(sheet) => sheet.path(),
            GroupFile::Asset => String::new(),
        };
        let files = files.into_iter().map(|file| (path(file), file));
        let assets = theme.asset_paths().map(|path| (path.to_owned(), GroupFile::Asset));
        Self { view, theme, files: files.chain(assets).collect(), paging }
    }

    fn page(&self, address: GroupAddress) -> Page {
        let Self { view, paging, .. } = self;
        let title = if address == GroupAddress::Home { String::new() } else { view.title(address) };
        let frame = view.frame(address, title);
        match address {
            GroupAddress::Home => Page::new(frame, home::home(*view), "group.html"),
            GroupAddress::Function(function) => {
                Page::new(frame, home::function(*view, function, paging), "group-function.html")
            }
            GroupAddress::List(register, part) => {
                Page::new(frame, lists::page(*view, register, part, paging), "group-list.html")
            }
            GroupAddress::Method => Page::new(frame, home::method(*view), "group-method.html"),
        }
    }
}

impl Rendered for GroupSite<'_> {
    fn paths(&self) -> Vec<&str> {
        self.files.iter().map(|(path, _)| path.as_str()).collect()
    }

    fn render_nth(&self, nth: usize) -> Result<Vec<u8>, Box<Diagnostic>> {
        let (path, file) = &self.files[nth];
        match *file {
            GroupFile::Asset => Ok(self.theme.asset(path).unwrap_or_default().to_owned()),
            GroupFile::Page(address) => self.theme.render(&self.page(address)).map(String::into_bytes),
            GroupFile::Sheet(sheet) => Ok(csv::file(&sheet::print(self.view, sheet)).into_bytes()),
            GroupFile::Rows(register, part) => {
                let frame = self.view.frame(GroupAddress::List(register, part), String::new());
                let body = lists::page(self.view, register, part, &self.paging);
                let rows = self.theme.render(&Page::new(frame, body, "rows.html"))?;
                let rows = script::rows(rows.split_inclusive("</tr>").filter(|row| row.contains("<tr")));
                Ok(format!("milepostRows(\"{}\", {}, {rows});\n", register.name(), part + 1).into_bytes())
            }
        }
    }
}
