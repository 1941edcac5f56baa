//! Settings that are one of some words.

/// Reads a setting as one of some words. Any other is refused, with all of them named.
#[macro_export]
macro_rules! choices {
    ($name:ty { $($word:literal => $variant:ident),+ $(,)? }) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <String as serde::Deserialize>::deserialize(deserializer)?;
                match word.as_str() {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::config::no_choice(&word, &[$($word),+])),
                }
            }
        }
    };
}

/// The refusal of a word that is none of these.
pub fn no_choice<E: serde::de::Error>(word: &str, words: &[&str]) -> E {
    E::custom(format!("{word:?} is not one of: {}", words.join(", ")))
}
