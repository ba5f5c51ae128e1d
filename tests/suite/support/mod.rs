//! What several subjects need: workspaces to change or to generate, and judges that share no code with Milepost.

pub(crate) mod built_sites;
pub(crate) mod filled_workbook;
pub(crate) mod generated_comparison;
pub(crate) mod generated_workspace;
pub(crate) mod hostile_texts;
pub(crate) mod html_judge;
pub(crate) mod independent_arithmetic;
pub(crate) mod media_judges;
pub(crate) mod office;
pub(crate) mod positions;
pub(crate) mod temp_workspace;
pub(crate) mod text_in_every_place;
