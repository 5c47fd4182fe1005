//! Files of the user's, which are written whole or not at all.

use std::fs::Permissions;
use std::io::Write as _;
use std::path::Path;

use crate::error::CliError;

/// Gives the file these contents, or leaves it as it is.
pub(crate) fn replace(path: &Path, contents: &str) -> Result<(), CliError> {
    let failed = |error: std::io::Error| CliError::file(path, &error);
    let permissions = std::fs::metadata(path).map_err(failed)?.permissions();
    if permissions.readonly() {
        return Err(CliError::file(path, &"it is read-only, so it is left alone"));
    }
    // Through a link, its file is meant.
    let path = std::fs::canonicalize(path).map_err(failed)?;
    put(&path, contents, Some(permissions)).map_err(failed)
}

/// Makes the file with these contents, or none.
pub(crate) fn create(path: &Path, contents: &str) -> Result<(), CliError> {
    let written = match path.is_symlink() {
        // The file that the link is to is not there yet, so there is nothing to lose in it.
        true => std::fs::write(path, contents),
        false => put(path, contents, None),
    };
    written.map_err(|error| CliError::file(path, &error))
}

/// Beside it first: a full disk or a kill must not leave half of it, or cost what the user wrote.
fn put(path: &Path, contents: &str, permissions: Option<Permissions>) -> std::io::Result<()> {
    let mut beside = path.to_owned().into_os_string();
    beside.push(format!(".{}.lambkin", std::process::id()));
    let beside = Path::new(&beside);
    let written = std::fs::File::create_new(beside).and_then(|mut file| {
        file.write_all(contents.as_bytes())?;
        if let Some(permissions) = permissions {
            file.set_permissions(permissions)?;
        }
        file.sync_all()?;
        std::fs::rename(beside, path)
    });
    written.inspect_err(|_| {
        // It is of no use any more, and may not even be there.
        let _ = std::fs::remove_file(beside);
    })
}
