//! Files of the user's that are written again.

use std::io::Write as _;
use std::path::Path;

use crate::error::CliError;

/// Gives the file these contents, or leaves it as it is.
pub(crate) fn replace(path: &Path, contents: &str) -> Result<(), CliError> {
    let failed = |error: std::io::Error| CliError::file(path, &error);
    // Beside it first: a full disk or a kill must not cost what the user wrote. Through a link, its file is meant.
    let path = std::fs::canonicalize(path).map_err(failed)?;
    let mut beside = path.clone().into_os_string();
    beside.push(format!(".{}.lambkin", std::process::id()));
    let beside = Path::new(&beside);
    let permissions = std::fs::metadata(&path).map_err(failed)?.permissions();
    let written = std::fs::File::create_new(beside).and_then(|mut file| {
        file.write_all(contents.as_bytes())?;
        file.set_permissions(permissions)?;
        file.sync_all()?;
        std::fs::rename(beside, &path)
    });
    written.map_err(|error| {
        // It is of no use any more, and may not even be there.
        let _ = std::fs::remove_file(beside);
        failed(error)
    })
}
