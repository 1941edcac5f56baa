use std::process::{Command, Stdio};

use super::*;

fn description() -> Description {
    let value =
        |name: &str, kind: &str, values| Value { name: name.to_owned(), kind: kind.to_owned(), values };
    Description {
        metadata: [("server", "grpc"), ("note", "<片> \"quoted\"")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into(),
        endpoints: vec![
            Endpoint {
                name: "UserService.Login".to_owned(),
                request: Some(value(
                    "LoginRequest",
                    "LoginRequest",
                    Some(vec![value("login", "string", None), value("password", "string", None)]),
                )),
                response: Some(value("Session", "Session", None)),
                metadata: BTreeMap::new(),
            },
            Endpoint {
                name: "FilmService.WatchHall".to_owned(),
                metadata: BTreeMap::from([("stream".to_owned(), "true".to_owned())]),
                ..Endpoint::default()
            },
        ],
        version: "1.2.0".to_owned(),
    }
}

/// Runs a program in Python, whose zlib and hex are not ours.
fn python(program: &str, input: &str) -> String {
    let mut child = Command::new("python3")
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program}");
    String::from_utf8(output.stdout).unwrap()
}

fn tags(tags: &[&str]) -> Vec<String> {
    tags.iter().map(|tag| (*tag).to_owned()).collect()
}

#[test]
fn others_read_what_is_written() {
    let written = description().to_tags();
    assert!(
        written.iter().all(|tag| tag[2..].bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
    );
    let read = python(
        "import sys,json,zlib,binascii\n\
         out=[[t[:2], zlib.decompress(binascii.unhexlify(t[2:])).decode()] for t in json.load(sys.stdin)]\n\
         print(json.dumps([[p, x if p=='v-' else json.loads(x)] for p,x in out]))",
        &serde_json::to_string(&written).unwrap(),
    );
    let expected = serde_json::json!([
        ["t-", {"note": "<片> \"quoted\""}],
        ["t-", {"server": "grpc"}],
        ["e-", {
            "name": "UserService.Login",
            "request": {"name": "LoginRequest", "type": "LoginRequest", "values": [
                {"name": "login", "type": "string", "values": null},
                {"name": "password", "type": "string", "values": null},
            ]},
            "response": {"name": "Session", "type": "Session", "values": null},
            "metadata": {},
        }],
        ["e-", {
            "name": "FilmService.WatchHall", "request": null, "response": null, "metadata": {"stream": "true"},
        }],
        ["v-", "1.2.0"],
    ]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&read).unwrap(), expected);
}

#[test]
fn what_others_write_is_read() {
    for level in [0, 1, 9] {
        let packed = python(
            "import sys,json,zlib,binascii\n\
             given=json.load(sys.stdin)\n\
             print(json.dumps([p+binascii.hexlify(zlib.compress(x.encode(),given['level'])).decode() \
             for p,x in given['tags']]))",
            &serde_json::json!({"level": level, "tags": [
                ["v-", "1.2.0"],
                ["t-", r#"{"note":"\u003c片\u003e \"quoted\""}"#],
                ["t-", r#"{"server":"grpc"}"#],
                ["e-", r#"{"name":"UserService.Login","request":{"name":"LoginRequest","type":"LoginRequest",
                    "values":[{"name":"login","type":"string","values":null},
                              {"name":"password","type":"string","values":null}]},
                    "response":{"name":"Session","type":"Session","values":null},"metadata":null}"#],
                ["e-", r#"{"name":"FilmService.WatchHall","metadata":{"stream":"true"},"newer":1}"#],
            ]})
            .to_string(),
        );
        let packed: Vec<String> = serde_json::from_str(&packed).unwrap();
        assert_eq!(Description::from_tags(&packed), description());
    }
}

#[test]
fn the_plain_form_is_read() {
    let plain = tags(&[
        r#"t={"server":"grpc"}"#,
        r#"e={"name":"Greeter.Hello","request":null,"response":null,"metadata":{}}"#,
        "v=2.0",
    ]);
    let read = Description::from_tags(&plain);
    assert_eq!(read.metadata, BTreeMap::from([("server".to_owned(), "grpc".to_owned())]));
    assert_eq!(read.endpoints[0].name, "Greeter.Hello");
    assert_eq!(read.version, "2.0");
}

#[test]
fn of_each_kind_the_first_form_counts() {
    let packed = |prefix: &str, text: &str| format!("{prefix}{}", pack(text.as_bytes()));
    let mixed = [
        "t={\"a\":\"plain\"}".to_owned(),
        packed("t-", r#"{"a":"packed","b":"packed"}"#),
        packed("v-", "packed"),
        "v=plain".to_owned(),
        "t={\"c\":\"plain\"}".to_owned(),
    ];
    let read = Description::from_tags(&mixed);
    let pairs = [("a", "plain"), ("c", "plain")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(read.metadata, BTreeMap::from(pairs));
    assert_eq!(read.version, "packed");
}

#[test]
fn what_cannot_be_read_is_passed_over() {
    let bomb = pack(&vec![b' '; usize::try_from(MAX_UNPACKED).unwrap() + 1]);
    let garbage = [
        "", "t", "e", "v", "t-", "e-", "t-zz", "e-00", "t-shirt", "edge", "primary", "t={", "e=1", "t=[]",
        "片", "v-ffff",
    ];
    let mut all = tags(&garbage);
    all.push(format!("v-{bomb}"));
    assert_eq!(Description::from_tags(&all), Description::default());
    all.extend(description().to_tags());
    assert_eq!(Description::from_tags(&all), description());
}

#[test]
fn capital_hex_is_read() {
    let tags: Vec<String> = description()
        .to_tags()
        .iter()
        .map(|tag| format!("{}{}", &tag[..2], tag[2..].to_uppercase()))
        .collect();
    assert_eq!(Description::from_tags(&tags), description());
}
