//! Tags of a registration, as go-micro v4 writes and reads them.
//!
//! A tag is a prefix and lower-case hex of bytes compressed with zlib: `t-` one
//! pair of metadata as a JSON object, `e-` one endpoint as JSON, `v-` the
//! version. An older form is plain: `t=`, `e=`, `v=`. Of each kind the first form
//! that is met counts; the other, and what cannot be read, is passed over.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use data_encoding::HEXLOWER;
use data_encoding::HEXLOWER_PERMISSIVE;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::{Deserialize, Deserializer, Serialize};

/// Bytes of one unpacked tag: a large endpoint takes some thousands.
const MAX_UNPACKED: u64 = 256 * 1024;
/// Tags of one node that are read.
const MAX_TAGS: usize = 2_000;

/// What a node says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// Pairs, such as `server` and `grpc`.
    pub metadata: BTreeMap<String, String>,
    /// What can be called.
    pub endpoints: Vec<Endpoint>,
    /// Version of the service; empty where it says none.
    pub version: String,
}

/// One method.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Endpoint {
    /// `UserService.Login`.
    pub name: String,
    /// Its request.
    pub request: Option<Value>,
    /// Its answer.
    pub response: Option<Value>,
    /// Pairs; `stream` is `true` where there is a stream.
    #[serde(deserialize_with = "null_is_empty")]
    pub metadata: BTreeMap<String, String>,
}

/// A message or one of its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Value {
    /// Name of the field, or of the message.
    pub name: String,
    /// Type as Go calls it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Fields.
    pub values: Option<Vec<Value>>,
}

fn null_is_empty<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl Description {
    /// The tags that say this.
    #[must_use]
    pub fn to_tags(&self) -> Vec<String> {
        let pairs = self.metadata.iter().map(|(key, value)| ("t-", json(&BTreeMap::from([(key, value)]))));
        let endpoints = self.endpoints.iter().map(|endpoint| ("e-", json(endpoint)));
        let version = std::iter::once(("v-", self.version.clone().into_bytes()));
        pairs
            .chain(endpoints)
            .chain(version)
            .map(|(prefix, text)| format!("{prefix}{}", pack(&text)))
            .collect()
    }

    /// What tags say.
    #[must_use]
    pub fn from_tags(tags: &[String]) -> Self {
        let tags = &tags[..tags.len().min(MAX_TAGS)];
        let metadata =
            of_kind(tags, 't', |text| serde_json::from_slice::<BTreeMap<String, String>>(text).ok());
        let endpoints = of_kind(tags, 'e', |text| serde_json::from_slice(text).ok());
        let version = of_kind(tags, 'v', |text| String::from_utf8(text.to_vec()).ok());
        Self {
            metadata: metadata.into_iter().flatten().collect(),
            endpoints,
            version: version.into_iter().next().unwrap_or_default(),
        }
    }
}

/// What the tags of one kind say, all in the form of the first that can be read.
fn of_kind<T>(tags: &[String], kind: char, read: impl Fn(&[u8]) -> Option<T>) -> Vec<T> {
    let mut form = None;
    let mut found = Vec::new();
    for tag in tags {
        let Some(rest) = tag.strip_prefix(kind) else { continue };
        let (this, text) = match (rest.strip_prefix('-'), rest.strip_prefix('=')) {
            (Some(packed), _) => ('-', unpack(packed)),
            (_, Some(plain)) => ('=', Some(plain.as_bytes().to_vec())),
            (None, None) => continue,
        };
        if form.is_some_and(|form| form != this) {
            continue;
        }
        if let Some(value) = text.and_then(|text| read(&text)) {
            form = Some(this);
            found.push(value);
        }
    }
    found
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("text keys and text values are always JSON")
}

fn pack(text: &[u8]) -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let packed = encoder.write_all(text).and_then(|()| encoder.finish());
    HEXLOWER.encode(&packed.expect("a vector takes all that is written to it"))
}

fn unpack(hex: &str) -> Option<Vec<u8>> {
    let packed = HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok()?;
    let mut text = Vec::new();
    let read = ZlibDecoder::new(&packed[..]).take(MAX_UNPACKED + 1).read_to_end(&mut text).ok()?;
    (u64::try_from(read).ok()? <= MAX_UNPACKED).then_some(text)
}

#[cfg(test)]
#[path = "tags_tests.rs"]
mod tests;
