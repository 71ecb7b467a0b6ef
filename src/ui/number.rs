//! Numbers as people read them.

/// `1,234,567`
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// `812 B`, `3.4 KB`, `12 MB`
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut tenths = bytes.saturating_mul(10) / 1024;
    let mut shown = "KB";
    for unit in UNITS {
        shown = unit;
        if tenths < 10_240 {
            break;
        }
        if unit != "TB" {
            tenths /= 1024;
        }
    }
    if tenths < 100 { format!("{}.{} {shown}", tenths / 10, tenths % 10) } else { format!("{} {shown}", tenths / 10) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_sizes() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([0, 1023, 1024, 3500, 20_480].map(size), ["0 B", "1023 B", "1.0 KB", "3.4 KB", "20 KB"]);
        assert_eq!([5 << 20, 3 << 30, 1 << 40].map(size), ["5.0 MB", "3.0 GB", "1.0 TB"]);
        assert!(size(u64::MAX).ends_with(" TB"));
    }
}
