//! Code from the options of `marquee/rules.proto`: a check per message, a row
//! per method.

use prost_reflect::{
    Cardinality, DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value,
};
use std::fmt::Write;

/// The packages that are ours; others carry no rules.
const PACKAGES: [&str; 3] = ["user", "film", "order"];

/// `impl Validate` for every message of ours.
pub fn checks(pool: &DescriptorPool) -> String {
    let mut code = String::new();
    let ours = pool.all_messages().filter(|m| PACKAGES.contains(&m.package_name()) && !m.is_map_entry());
    for message in ours {
        let mut body = String::new();
        for field in message.fields().filter(|f| f.containing_oneof().is_none()) {
            field_checks(&mut body, &field, &format!("self.{}", identifier(field.name())), pool);
        }
        for oneof in message.oneofs() {
            for field in oneof.fields() {
                let mut inner = String::new();
                field_checks(&mut inner, &field, "(*value)", pool);
                if !inner.is_empty() {
                    let path = format!("{}::{}", snake(message.name()), camel(oneof.name()));
                    writeln!(
                        body,
                        "if let Some(crate::{}::{path}::{}(value)) = &self.{} {{ {inner} }}",
                        message.package_name(),
                        camel(field.name()),
                        identifier(oneof.name())
                    )
                    .expect("writing to a string");
                }
            }
        }
        writeln!(
            code,
            "impl Validate for {} {{ fn validate(&self) -> Result<(), Violation> {{ {body} Ok(()) }} }}",
            rust_type(&message)
        )
        .expect("writing to a string");
    }
    code
}

/// A table of all methods with who may call them.
pub fn methods(pool: &DescriptorPool) -> String {
    let mut rows = String::new();
    for service in pool.services().filter(|s| PACKAGES.contains(&s.package_name())) {
        for method in service.methods() {
            let options = method.options();
            writeln!(
                rows,
                "Method {{ path: \"/{}/{}\", access: marquee::Access::{}, read_only: {}, idempotency_key: {}, streaming: {} }},",
                service.full_name(),
                method.name(),
                access_name(&options, pool),
                flag(&options, "marquee.read_only", pool),
                flag(&options, "marquee.idempotency_key", pool),
                method.is_server_streaming(),
            )
            .expect("writing to a string");
        }
    }
    format!("pub const METHODS: &[Method] = &[{rows}];")
}

fn access_name(options: &DynamicMessage, pool: &DescriptorPool) -> String {
    let number = extension(options, "marquee.access", pool).and_then(|v| v.as_enum_number()).unwrap_or(0);
    let access = pool.get_enum_by_name("marquee.Access").expect("rules.proto is compiled in");
    let value = access.get_value(number).expect("protox has checked the option");
    camel(&value.name().to_lowercase())
}

fn flag(options: &DynamicMessage, name: &str, pool: &DescriptorPool) -> bool {
    extension(options, name, pool).and_then(|v| v.as_bool()).unwrap_or(false)
}

fn extension(options: &DynamicMessage, name: &str, pool: &DescriptorPool) -> Option<Value> {
    let extension = pool.get_extension_by_name(name).expect("rules.proto is compiled in");
    options.has_extension(&extension).then(|| options.get_extension(&extension).into_owned())
}

fn field_checks(code: &mut String, field: &FieldDescriptor, place: &str, pool: &DescriptorPool) {
    let name = field.name();
    let mut line = |text: String| writeln!(code, "{text}").expect("writing to a string");
    if let Some(rules) = extension(&field.options(), "marquee.rules", pool) {
        let rules = rules.as_message().expect("the option is a message").clone();
        let number = |key: &str| rules.get_field_by_name(key).and_then(|v| v.as_u32()).unwrap_or(0);
        let bound = |key: &str| {
            rules
                .has_field_by_name(key)
                .then(|| rules.get_field_by_name(key).and_then(|v| v.as_i64()))
                .flatten()
        };
        let class = rules
            .get_field_by_name("characters")
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_default();
        let required = rules.get_field_by_name("required").and_then(|v| v.as_bool()).unwrap_or(false);
        if field.is_list() || field.is_map() {
            line(format!(
                "check::items(\"{name}\", {place}.len(), {required}, {}, {})?;",
                number("min_items"),
                number("max_items")
            ));
            if field.kind() == Kind::String {
                line(format!(
                    "for item in &{place} {{ check::text(\"{name}\", item, true, 0, {}, \"{class}\")?; }}",
                    number("max_item_len")
                ));
            }
        } else {
            match field.kind() {
                Kind::String => line(format!(
                    "check::text(\"{name}\", &{place}, {required}, {}, {}, \"{class}\")?;",
                    number("min_len"),
                    number("max_len")
                )),
                Kind::Int32 | Kind::Int64 => line(format!(
                    "check::number(\"{name}\", i64::from({place}), {required}, {:?}, {:?})?;",
                    bound("min"),
                    bound("max")
                )),
                Kind::Message(_) => {
                    if required {
                        line(format!("check::present(\"{name}\", {place}.is_some())?;"));
                    }
                }
                other => panic!("no rules for {other:?} fields: {}", field.full_name()),
            }
        }
    }
    match (field.kind(), field.is_map(), field.cardinality()) {
        (Kind::Enum(kind), false, Cardinality::Repeated) => {
            line(format!(
                "for item in &{place} {{ check::enumeration::<{}>(\"{name}\", *item)?; }}",
                enum_type(&kind)
            ));
        }
        (Kind::Enum(kind), false, _) => {
            line(format!("check::enumeration::<{}>(\"{name}\", {place})?;", enum_type(&kind)));
        }
        (Kind::Message(inner), false, cardinality) if PACKAGES.contains(&inner.package_name()) => {
            let inside = format!("validate().map_err(|v| v.inside(\"{name}\"))?;");
            line(if field.containing_oneof().is_some() {
                format!("{place}.{inside}")
            } else if cardinality == Cardinality::Repeated {
                format!("for item in {place}.iter() {{ item.{inside} }}")
            } else {
                format!("if let Some(item) = {place}.as_ref() {{ item.{inside} }}")
            });
        }
        _ => {}
    }
}

fn rust_type(message: &MessageDescriptor) -> String {
    match message.parent_message() {
        Some(parent) => {
            format!("crate::{}::{}::{}", message.package_name(), snake(parent.name()), message.name())
        }
        None => format!("crate::{}::{}", message.package_name(), message.name()),
    }
}

fn enum_type(kind: &prost_reflect::EnumDescriptor) -> String {
    match kind.parent_message() {
        Some(parent) => format!("crate::{}::{}::{}", kind.package_name(), snake(parent.name()), kind.name()),
        None => format!("crate::{}::{}", kind.package_name(), kind.name()),
    }
}

fn identifier(name: &str) -> String {
    if matches!(name, "type" | "use" | "in" | "match") { format!("r#{name}") } else { name.to_owned() }
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for (i, c) in name.char_indices() {
        if c.is_ascii_uppercase() && i > 0 {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

fn camel(name: &str) -> String {
    name.split('_').map(|w| w[..1].to_uppercase() + &w[1..]).collect()
}
