//! Forms that act once, however often they are sent.

/// A key for one rendering of a form: whoever presses twice, or loads the answer again, sends
/// the same one, and the service does the thing once.
pub fn form_key() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// The key a form came with; a new one for a form that came without.
pub fn sent_key(key: &str) -> String {
    let fits = !key.is_empty() && key.len() <= KEY_MAX && key.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { key.to_owned() } else { form_key() }
}

/// Longest key, bytes: what services take.
const KEY_MAX: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_and_are_kept_where_services_take_them() {
        assert_ne!(form_key(), form_key());
        assert_eq!(sent_key(&form_key()).len(), 32);
        assert_eq!(sent_key("abc"), "abc");
        for odd in ["", "a b", "\n", &"x".repeat(129)] {
            assert_eq!(sent_key(odd).len(), 32, "{odd:?}");
        }
    }
}
