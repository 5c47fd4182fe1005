//! How much memory the process has used at most: `VmHWM` of `/proc/self/status`,
//! <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>.

/// The peak of the resident set, in bytes; `None` where the system does not say.
pub(crate) fn peak_bytes() -> Option<u64> {
    peak_in(&std::fs::read_to_string("/proc/self/status").ok()?)
}

fn peak_in(status: &str) -> Option<u64> {
    let value = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_read_in_bytes() {
        let status = "Name:\tbootstrap\nVmPeak:\t  171952 kB\nVmHWM:\t   12340 kB\nVmRSS:\t   11000 kB\n";
        assert_eq!(peak_in(status), Some(12_340 * 1024));
        for odd in ["", "VmHWM:\n", "VmHWM: 12\n", "VmHWM: x kB\n", "VmHWM: 18446744073709551615 kB\n"] {
            assert_eq!(peak_in(odd), None, "{odd}");
        }
    }

    #[test]
    fn this_process_has_one() {
        assert!(peak_bytes().is_some_and(|bytes| bytes > 100_000));
    }
}
