//! Kinds of fields that the contract does not use but other services may.

use prost::Message as _;
use prost_reflect::prost_types::field_descriptor_proto::{Label, Type};
use prost_reflect::prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet,
};
use prost_reflect::{DescriptorPool, DeserializeOptions, DynamicMessage, SerializeOptions};
use serde_json::{Value, json};

use super::{Fault, Shapes, read, write};

const KINDS: [(&str, Type); 13] = [
    ("double", Type::Double),
    ("float", Type::Float),
    ("int32", Type::Int32),
    ("uint32", Type::Uint32),
    ("uint64", Type::Uint64),
    ("sint32", Type::Sint32),
    ("sint64", Type::Sint64),
    ("fixed32", Type::Fixed32),
    ("fixed64", Type::Fixed64),
    ("sfixed32", Type::Sfixed32),
    ("sfixed64", Type::Sfixed64),
    ("bool", Type::Bool),
    ("bytes", Type::Bytes),
];
const WELL_KNOWN: [(&str, &str); 6] = [
    ("when", "Timestamp"),
    ("long", "Duration"),
    ("free", "Struct"),
    ("any_value", "Value"),
    ("wrapped", "Int64Value"),
    ("mask", "FieldMask"),
];

fn field(name: String, number: usize, kind: Type, label: Label) -> FieldDescriptorProto {
    FieldDescriptorProto {
        name: Some(name),
        number: Some(i32::try_from(number).unwrap()),
        r#type: Some(kind.into()),
        label: Some(label.into()),
        ..FieldDescriptorProto::default()
    }
}

/// `test.All`: each kind once, as a list, and as one that may be absent; and well-known messages.
fn pool() -> DescriptorPool {
    let mut all = DescriptorProto { name: Some("All".into()), ..DescriptorProto::default() };
    for (index, (name, kind)) in KINDS.into_iter().enumerate() {
        all.field.push(field(format!("a_{name}"), index + 1, kind, Label::Optional));
        all.field.push(field(format!("list_{name}"), index + 101, kind, Label::Repeated));
        let mut optional = field(format!("maybe_{name}"), index + 201, kind, Label::Optional);
        optional.proto3_optional = Some(true);
        optional.oneof_index = Some(i32::try_from(index).unwrap());
        all.field.push(optional);
        let oneof = prost_reflect::prost_types::OneofDescriptorProto {
            name: Some(format!("_maybe_{name}")),
            ..Default::default()
        };
        all.oneof_decl.push(oneof);
    }
    for (index, (name, kind)) in WELL_KNOWN.into_iter().enumerate() {
        for (prefix, base, label) in [("", 301, Label::Optional), ("list_", 401, Label::Repeated)] {
            let mut field = field(format!("{prefix}{name}"), index + base, Type::Message, label);
            field.type_name = Some(format!(".google.protobuf.{kind}"));
            all.field.push(field);
        }
    }
    let imports = ["timestamp", "duration", "struct", "wrappers", "field_mask"];
    let imports = imports.map(|name| format!("google/protobuf/{name}.proto"));
    let global = DescriptorPool::global();
    let known = imports.iter().map(|name| global.get_file_by_name(name).unwrap());
    let mut file: Vec<_> = known.map(|file| file.file_descriptor_proto().clone()).collect();
    file.push(FileDescriptorProto {
        name: Some("test.proto".into()),
        package: Some("test".into()),
        syntax: Some("proto3".into()),
        dependency: imports.to_vec(),
        message_type: vec![all],
        ..FileDescriptorProto::default()
    });
    DescriptorPool::from_file_descriptor_set(FileDescriptorSet { file }).unwrap()
}

fn to_wire(shapes: &Shapes, json: &Value) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::new();
    read(shapes, shapes.id("test.All").unwrap(), &[], json.to_string().as_bytes(), &mut out).map(|()| out)
}

#[track_caller]
fn agrees(pool: &DescriptorPool, json: &Value) {
    let shapes = Shapes::compile(pool);
    let descriptor = pool.get_message_by_name("test.All").unwrap();
    let ours = to_wire(&shapes, json).unwrap();
    let options = DeserializeOptions::new();
    let theirs = DynamicMessage::deserialize_with_options(descriptor.clone(), json, &options).unwrap();
    let theirs = DynamicMessage::decode(descriptor.clone(), &theirs.encode_to_vec()[..]).unwrap();
    // As bytes: a number that is none equals nothing, not even itself.
    let decoded = DynamicMessage::decode(descriptor, &ours[..]).unwrap();
    assert_eq!(decoded.encode_to_vec(), theirs.encode_to_vec(), "{json}");
    let mut written = Vec::new();
    write(&shapes, shapes.id("test.All").unwrap(), &ours, &mut written).unwrap();
    let options = SerializeOptions::new()
        .stringify_64_bit_integers(false)
        .use_proto_field_name(true)
        .skip_default_fields(false);
    let expected = theirs.serialize_with_options(serde_json::value::Serializer, &options).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&written).unwrap(), expected, "{json}");
}

#[test]
fn every_kind_agrees_with_prost_reflect() {
    let pool = pool();
    agrees(&pool, &json!({}));
    for (name, kind) in KINDS {
        let values = match kind {
            Type::Bool => vec![json!(true), json!(false)],
            Type::Bytes => vec![json!(""), json!("AA=="), json!("-_8"), json!("+/8=")],
            Type::Double => {
                vec![json!(0.5), json!("NaN"), json!("-Infinity"), json!(3), json!("1e300"), json!(0)]
            }
            Type::Float => vec![json!(0.5), json!("Infinity"), json!(-3), json!(0.0)],
            Type::Int32 | Type::Sint32 | Type::Sfixed32 => {
                vec![json!(i32::MIN), json!(i32::MAX), json!("-5")]
            }
            Type::Sint64 | Type::Sfixed64 => vec![json!(i64::MIN), json!(i64::MAX), json!(-1)],
            Type::Uint32 | Type::Fixed32 => vec![json!(u32::MAX), json!(0), json!("7")],
            _ => vec![json!(u64::MAX), json!(u64::MAX.to_string()), json!(0), json!(1e15)],
        };
        agrees(&pool, &json!({ format!("list_{name}"): values }));
        for value in values {
            agrees(&pool, &json!({ format!("a_{name}"): value, format!("maybe_{name}"): value }));
        }
    }
}

#[test]
fn well_known_messages_have_their_own_json() {
    let pool = pool();
    let values = [
        ("when", json!("2026-11-24T08:00:00Z")),
        ("long", json!("1.5s")),
        ("free", json!({"a": [1, null, {"b": "c"}]})),
        ("any_value", json!([1.5, "x"])),
        ("wrapped", json!(5)),
        ("mask", json!("a,b")),
    ];
    for (name, value) in values {
        agrees(&pool, &json!({ name: value, format!("list_{name}"): [value, value] }));
        if name != "any_value" {
            agrees(&pool, &json!({ name: null }));
        }
    }
    let shapes = Shapes::compile(&pool);
    for json in [json!({"when": "yesterday"}), json!({"long": 3}), json!({"list_when": [null]})] {
        assert!(matches!(to_wire(&shapes, &json), Err(Fault::Invalid { .. })), "{json}");
    }
}

#[test]
fn numbers_beyond_their_kind_are_refused() {
    let shapes = Shapes::compile(&pool());
    let cases = [
        ("a_int32", json!(i64::from(i32::MAX) + 1)),
        ("a_uint32", json!(-1)),
        ("a_uint64", json!(-1)),
        ("a_fixed64", json!("18446744073709551616")),
        ("a_sfixed32", json!(u32::MAX)),
        ("a_sint64", json!(u64::MAX)),
        ("a_float", json!(1e300)),
        ("a_double", json!("1e999")),
        ("a_bytes", json!("*")),
    ];
    for (name, value) in cases {
        let fault = to_wire(&shapes, &json!({ name: value })).unwrap_err();
        assert!(matches!(fault, Fault::Invalid { field, .. } if field == name), "{name}");
    }
}
