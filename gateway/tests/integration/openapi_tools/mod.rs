//! What the tests of the OpenAPI document share.

use std::path::Path;
use std::process::Command;

use prost_reflect::DescriptorPool;
use serde_json::Value;

/// HTTP methods as OpenAPI has them.
pub const VERBS: [&str; 5] = ["get", "put", "post", "patch", "delete"];

/// The compiled contract.
pub fn pool() -> DescriptorPool {
    DescriptorPool::decode(contract::DESCRIPTORS).unwrap()
}

/// The document of the contract.
pub fn document() -> Value {
    gateway::openapi::document(&pool(), None)
}

/// Path, method and content of every operation.
pub fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    document["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
        VERBS.iter().filter_map(move |verb| Some((path.as_str(), *verb, item.get(verb)?)))
    })
}

/// The operation of `GET /path`.
pub fn operation<'a>(document: &'a Value, name: &str) -> &'a Value {
    let (verb, path) = name.split_once(' ').unwrap();
    document["paths"][path].get(verb.to_lowercase()).unwrap_or_else(|| panic!("no {name}"))
}

/// The reasons a response shows.
pub fn reasons(document: &Value, response: &Value) -> Vec<String> {
    let response = match response.get("$ref") {
        Some(Value::String(reference)) => document.pointer(&reference[1..]).unwrap(),
        _ => response,
    };
    let schema = &response["content"]["application/problem+json"]["schema"];
    let shown = schema.pointer("/allOf/1/properties/reason/examples").unwrap().as_array().unwrap();
    shown.iter().map(|reason| reason.as_str().unwrap().to_owned()).collect()
}

/// Runs Python with the tools of `tests/tools/requirements.txt`; what it printed.
pub fn run_python(arguments: &[&str]) -> String {
    let tools = tools();
    let found = Command::new("bash").arg(tools.join("python.sh")).output();
    let found = found.unwrap_or_else(|error| panic!("bash is needed for tests/tools/python.sh: {error}"));
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
    let python = String::from_utf8(found.stdout).unwrap();
    let output = Command::new(python.trim()).args(arguments).output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stdout}{stderr}");
    stdout.into_owned()
}

/// The folder of tools that tests call.
pub fn tools() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/tools")
}
