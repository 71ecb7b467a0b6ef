//! Mail and its parts as files of the user: saved without overwriting anything, read without trusting anything.
//!
//! Names come from whoever wrote the mail, and folders may be anybody's. Folders are opened once and named by what was
//! opened, files are made and never replaced, and what is neither a file nor a folder (a link, a pipe, a device) is left
//! alone. Nothing of it depends on how large a mailbox is.

mod edited;
mod folder;
pub mod maildir;
pub mod mbox;
mod named;
mod new_file;
mod opened;
mod save;
mod source;

pub use edited::{LeftInEditor, forget_edited, forget_kept_before, keep_edited, left_in_editors, to_edit};
pub use folder::Folder;
pub use named::{kind_of, named};
pub use new_file::NewFile;
pub use opened::{forget_opened, to_open};
pub use save::{save, save_as};
pub use source::{Source, open_regular};
