//! What the system keeps of a program that dies is its whole memory, with every password in it: nothing is kept.

/// From now on no core dump is written, and, but in a program that is built for debugging, none is handed to another
/// program either, and nothing else of the user can look into this one. Programs that are started from here are as they
/// ever were, but for the limit, which they may raise again.
pub fn leave_no_core() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Core);
    // Where this is forbidden, nothing is lost that was not lost before.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum });
    if !cfg!(debug_assertions) {
        close_memory();
    }
}

/// A core that goes to a program is not limited.
#[cfg(target_os = "linux")]
fn close_memory() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

#[cfg(not(target_os = "linux"))]
fn close_memory() {}

#[cfg(test)]
mod tests {
    use rustix::process::{DumpableBehavior, dumpable_behavior, set_dumpable_behavior};

    #[test]
    fn memory_can_be_closed() {
        super::close_memory();
        let closed = dumpable_behavior().unwrap();
        set_dumpable_behavior(DumpableBehavior::Dumpable).unwrap();
        assert_eq!(closed, DumpableBehavior::NotDumpable);
    }
}
