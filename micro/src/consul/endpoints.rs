//! The methods of a service, as go-micro describes them.

use std::collections::{BTreeMap, HashMap};

use prost::Message;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorSet, MethodDescriptorProto};

use super::tags::{Endpoint, Value};

/// The methods the contract has for the service of this name, `UserService.Login` and so on.
///
/// A service outside the contract has none here: it is described by reflection.
pub fn of(service: &str) -> Vec<Endpoint> {
    let Ok(set) = FileDescriptorSet::decode(contract::DESCRIPTORS) else { return Vec::new() };
    let messages: HashMap<String, &DescriptorProto> = set
        .file
        .iter()
        .flat_map(|file| file.message_type.iter().map(|m| (format!(".{}.{}", file.package(), m.name()), m)))
        .collect();
    let files = set.file.iter().filter(|file| file.package() == service);
    files
        .flat_map(|file| &file.service)
        .flat_map(|grpc| grpc.method.iter().map(|method| endpoint(grpc.name(), method, &messages)))
        .collect()
}

fn endpoint(
    service: &str,
    method: &MethodDescriptorProto,
    messages: &HashMap<String, &DescriptorProto>,
) -> Endpoint {
    let streaming = method.client_streaming() || method.server_streaming();
    let stream = streaming.then(|| ("stream".to_owned(), "true".to_owned()));
    Endpoint {
        name: format!("{service}.{}", method.name()),
        request: Some(message(method.input_type(), messages)),
        response: Some(message(method.output_type(), messages)),
        metadata: BTreeMap::from_iter(stream),
    }
}

/// A message with its fields; what these contain is left out, it would fill the registry.
fn message(path: &str, messages: &HashMap<String, &DescriptorProto>) -> Value {
    let fields = messages.get(path).map(|message| message.field.iter().map(field).collect());
    Value { name: short(path).to_owned(), kind: short(path).to_owned(), values: fields }
}

fn field(field: &FieldDescriptorProto) -> Value {
    let kind = go_type(field);
    let kind = if field.label() == Label::Repeated { format!("[]{kind}") } else { kind.to_owned() };
    Value { name: field.name().to_owned(), kind, values: None }
}

fn go_type(field: &FieldDescriptorProto) -> &str {
    match field.r#type() {
        Type::Double => "float64",
        Type::Float => "float32",
        Type::Int64 | Type::Sint64 | Type::Sfixed64 => "int64",
        Type::Uint64 | Type::Fixed64 => "uint64",
        Type::Int32 | Type::Sint32 | Type::Sfixed32 => "int32",
        Type::Uint32 | Type::Fixed32 => "uint32",
        Type::Bool => "bool",
        Type::String => "string",
        Type::Bytes => "[]uint8",
        Type::Group | Type::Message | Type::Enum => short(field.type_name()),
    }
}

fn short(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_is_there_with_its_fields_and_streams_say_so() {
        let film = of("film");
        let methods = contract::METHODS.iter().filter(|method| method.path.starts_with("/film.")).count();
        assert_eq!(film.len(), methods);
        let watch = film.iter().find(|endpoint| endpoint.name == "FilmService.WatchHall").unwrap();
        assert_eq!(watch.metadata["stream"], "true");
        let user = of("user");
        let login = user.iter().find(|endpoint| endpoint.name == "UserService.Login").unwrap();
        assert!(login.metadata.is_empty());
        let request = login.request.as_ref().unwrap();
        assert_eq!(request.name, "LoginRequest");
        let fields: Vec<_> =
            request.values.iter().flatten().map(|v| (v.name.as_str(), v.kind.as_str())).collect();
        assert_eq!(fields, [("login", "string"), ("password", "string")]);
        assert!(of("nobody").is_empty());
    }
}
