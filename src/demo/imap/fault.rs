//! What can go wrong on a line, as data.

/// One thing that goes wrong on every connection that is made after it was asked for. Bytes are those sent on one
/// connection.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The connection is closed after that many bytes, without a goodbye.
    CutAfter(u64),
    /// Nothing more is sent after that many bytes, and the connection stays open.
    StallAfter(u64),
}
