//! An account is given up: what would be lost with it, and then all that is kept of it.

use std::path::Path;

use super::{Loss, MailWrite, MailWriter, OwnReader, OwnWrite, OwnWriter, Reader, StoreError};

/// What no server has of an account.
pub fn loss_of(profile: &Path, account: &str) -> Result<Loss, StoreError> {
    let own = OwnReader::open(profile)?.map(|own| own.loss_of(account)).transpose()?.unwrap_or_default();
    Ok(Loss { only_here: Reader::open(profile)?.only_here_of(account)?, ..own })
}

/// Forgets what the user wanted and wrote, then the mail: whatever comes between, the same again goes on from there.
pub async fn forget_account(
    profile: &Path,
    own: &OwnWriter,
    mail: &MailWriter,
    account: &str,
) -> Result<(), StoreError> {
    own.commit(OwnWrite::Forget { account: account.to_owned() }).await?;
    let known = Reader::open(profile)?.accounts()?;
    if let Some((id, _)) = known.iter().find(|(_, known)| known == account) {
        mail.commit(MailWrite::Forget(*id)).await?;
    }
    Ok(())
}
