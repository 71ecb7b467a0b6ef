//! The bytes of a message, or how to make them again.

use std::fmt;
use std::sync::Arc;

use super::mailbox::Mill;

/// Cheap to clone. A mailbox of a hundred thousand messages is not held in memory: most of it is made when it is read.
#[derive(Clone)]
pub(super) enum Content {
    Kept(Arc<[u8]>),
    Milled { mill: Arc<Mill>, index: u32 },
}

impl Content {
    pub(super) fn bytes(&self) -> Arc<[u8]> {
        match self {
            Self::Kept(bytes) => Arc::clone(bytes),
            Self::Milled { mill, index } => mill.make(*index).into(),
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kept(bytes) => write!(f, "Kept({} bytes)", bytes.len()),
            Self::Milled { index, .. } => write!(f, "Milled({index})"),
        }
    }
}
