//! Transcoding of whatever comes, against `prost-reflect`.

use proptest::prelude::*;
use prost_reflect::{DynamicMessage, Kind, MessageDescriptor};
use serde_json::{Value, json};

use super::tests::{POOL, reference_to_json, reference_to_wire, to_json, to_wire};

/// JSON that mostly fits a message, with values that do not among it.
fn fitting(message: &MessageDescriptor, depth: u32) -> BoxedStrategy<Value> {
    let fields: Vec<_> = message
        .fields()
        .map(|field| {
            let names = proptest::sample::select(vec![field.name().to_owned(), field.json_name().to_owned()]);
            let value = if field.is_map() {
                let value = field.kind().as_message().unwrap().map_entry_value_field();
                prop::collection::btree_map("[a-z\"é]{0,3}", single(&value.kind(), depth), 0..3)
                    .prop_map(|map| Value::Object(map.into_iter().collect()))
                    .boxed()
            } else if field.is_list() {
                prop::collection::vec(single(&field.kind(), depth), 0..4).prop_map(Value::from).boxed()
            } else {
                single(&field.kind(), depth)
            };
            let value = prop_oneof![30 => value, 1 => any_value()];
            prop::option::weighted(0.3, (names, value))
        })
        .collect();
    fields.prop_map(|fields| Value::Object(fields.into_iter().flatten().collect())).boxed()
}

fn single(kind: &Kind, depth: u32) -> BoxedStrategy<Value> {
    match kind {
        Kind::Message(_) if depth == 0 => Just(json!({})).boxed(),
        Kind::Message(inner) => fitting(inner, depth - 1),
        Kind::Enum(kind) => {
            let names: Vec<_> = kind.values().map(|value| Value::from(value.name())).collect();
            prop_oneof![3 => proptest::sample::select(names), 1 => any::<i32>().prop_map(Value::from)].boxed()
        }
        Kind::Bool => any::<bool>().prop_map(Value::from).boxed(),
        Kind::String => ".{0,8}".prop_map(Value::from).boxed(),
        Kind::Bytes => "[A-Za-z0-9_-]{0,8}".prop_map(Value::from).boxed(),
        Kind::Double | Kind::Float => {
            // Numbers that no parser rounds.
            any::<i32>().prop_map(|number| json!(f64::from(number) / 8.0)).boxed()
        }
        _ => {
            let number = prop_oneof![any::<i32>().prop_map(i64::from), 0..3_i64];
            (number, any::<bool>())
                .prop_map(|(number, text)| if text { json!(number.to_string()) } else { json!(number) })
                .boxed()
        }
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        // Numbers that no parser rounds.
        (-(1_i64 << 53)..1 << 53).prop_map(Value::from),
        any::<i32>().prop_map(|number| json!(f64::from(number) / 8.0)),
        ".{0,8}".prop_map(Value::from),
        prop::collection::vec(any::<i8>().prop_map(Value::from), 0..3).prop_map(Value::from),
        prop::collection::btree_map(".{0,4}", any::<i8>().prop_map(Value::from), 0..3)
            .prop_map(|map| Value::Object(map.into_iter().collect())),
    ]
}

fn message_and_json() -> impl Strategy<Value = (MessageDescriptor, Value)> {
    any_message().prop_flat_map(|message| {
        let json = fitting(&message, 3);
        (Just(message), json)
    })
}

fn any_message() -> impl Strategy<Value = MessageDescriptor> {
    let ours = |message: &MessageDescriptor| {
        !message.is_map_entry() && ["user", "film", "order"].contains(&message.package_name())
    };
    let all: Vec<_> = POOL.all_messages().filter(ours).collect();
    proptest::sample::select(all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_json_is_read_as_prost_reflect_reads_it_or_refused((message, json) in message_and_json()) {
        let (name, text) = (message.full_name(), json.to_string());
        if let Ok(wire) = to_wire(name, &text) {
            let decoded = DynamicMessage::decode(message.clone(), &wire[..]).unwrap();
            if let Some(reference) = reference_to_wire(name, &text) {
                prop_assert_eq!(&decoded, &reference);
            }
            let written: Value = serde_json::from_str(&to_json(name, &wire).unwrap()).unwrap();
            prop_assert_eq!(written, reference_to_json(&decoded));
        }
    }

    #[test]
    fn any_bytes_are_json_or_refused(text in ".{0,64}", message in any_message()) {
        let _ = to_wire(message.full_name(), &text);
    }

    #[test]
    fn any_wire_is_written_as_prost_reflect_writes_it_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..48),
        message in any_message(),
    ) {
        if let (Ok(written), Ok(reference)) =
            (to_json(message.full_name(), &bytes), DynamicMessage::decode(message.clone(), &bytes[..]))
        {
            let written: Value = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(written, reference_to_json(&reference));
        }
    }

    #[test]
    fn what_is_written_can_be_read_again((message, json) in message_and_json()) {
        let name = message.full_name();
        if let Ok(wire) = to_wire(name, &json.to_string()) {
            let written = to_json(name, &wire).unwrap();
            let again = to_wire(name, &written).unwrap();
            let decode = |wire: &[u8]| DynamicMessage::decode(message.clone(), wire).unwrap();
            prop_assert_eq!(decode(&wire), decode(&again));
        }
    }
}
