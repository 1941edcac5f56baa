//! What can be wrong with the value of a field.

use thiserror::Error;

/// What is wrong with a value. Its text is English; callers who speak another language go by
/// [`Flaw::code`] and [`Flaw::value`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Flaw {
    /// Something else than a list.
    #[error("takes a list")]
    List,
    /// Something else than an object.
    #[error("takes an object")]
    Object,
    /// Something else than `true` and `false`.
    #[error("takes true or false")]
    Bool,
    /// Something else than a text.
    #[error("takes a text")]
    Text,
    /// Something else than bytes as base64.
    #[error("takes a text in base64")]
    Base64,
    /// Something else than the name of a value of an enumeration.
    #[error("takes the name of a value")]
    Name,
    /// Something else than a number.
    #[error("takes a number")]
    Number,
    /// Something else than a whole number.
    #[error("takes a whole number")]
    Integer,
    /// A number that the field cannot hold.
    #[error("is out of range")]
    OutOfRange,
    /// A name that the enumeration does not have.
    #[error("has no value {0}")]
    UnknownValue(String),
    /// `null` where something must be.
    #[error("must not be null")]
    Null,
    /// Something that is not written as its type is: what the parser says.
    #[error("{0}")]
    Malformed(String),
    /// The key of a map's entry.
    #[error("the key {0}")]
    Key(Box<Flaw>),
    /// Given once more.
    #[error("is given more than once")]
    Repeated,
    /// Given once more, or beside another of which only one may be.
    #[error("is given more than once, or with another of which only one may be given")]
    RepeatedOrBeside,
    /// Given in the query, and in the path or the body.
    #[error("is given by the path or the body")]
    GivenElsewhere,
    /// Given in the body, and otherwise in the path.
    #[error("differs from the value in the path")]
    UnlikePath,
    /// More parameters than are read.
    #[error("is one parameter too many")]
    ParametersTooMany,
}

impl Flaw {
    /// What kind of fault it is: stable, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::List => "TAKES_LIST",
            Self::Object => "TAKES_OBJECT",
            Self::Bool => "TAKES_BOOL",
            Self::Text => "TAKES_TEXT",
            Self::Base64 => "TAKES_BASE64",
            Self::Name => "TAKES_NAME",
            Self::Number => "TAKES_NUMBER",
            Self::Integer => "TAKES_INTEGER",
            Self::OutOfRange => "OUT_OF_RANGE",
            Self::UnknownValue(_) => "UNKNOWN_VALUE",
            Self::Null => "NULL",
            Self::Malformed(_) => "MALFORMED",
            Self::Key(_) => "KEY_INVALID",
            Self::Repeated => "REPEATED",
            Self::RepeatedOrBeside => "REPEATED_OR_BESIDE",
            Self::GivenElsewhere => "GIVEN_ELSEWHERE",
            Self::UnlikePath => "UNLIKE_PATH",
            Self::ParametersTooMany => "PARAMETERS_TOO_MANY",
        }
    }

    /// What it is about; empty where the code says all.
    #[must_use]
    pub fn value(&self) -> &str {
        match self {
            Self::UnknownValue(value) => value,
            _ => "",
        }
    }
}
