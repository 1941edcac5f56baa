//! What the options of the proto files say of methods and fields.

use contract::Access;
use contract::google::api::HttpRule;
use contract::marquee::Rules;
use prost_reflect::prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, MethodDescriptor, Value};

use super::binding::Binding;

/// The options of a method.
#[derive(Debug, Clone)]
pub struct MethodOptions {
    /// Who may call it.
    pub access: Access,
    /// Whether it honours an idempotency key.
    pub idempotency_key: bool,
    /// Its REST forms.
    pub bindings: Vec<Binding>,
}

impl MethodOptions {
    /// Reads them; what is not said is as the proto files define it.
    pub fn of(method: &MethodDescriptor) -> Self {
        let pool = method.parent_pool();
        let options = method.options();
        let access = extension(&options, "marquee.access", pool).and_then(|value| value.as_enum_number());
        let key = extension(&options, "marquee.idempotency_key", pool).and_then(|value| value.as_bool());
        let http: Option<HttpRule> = typed(&options, "google.api.http", pool);
        Self {
            access: access.and_then(|number| Access::try_from(number).ok()).unwrap_or_default(),
            idempotency_key: key.unwrap_or_default(),
            bindings: http.map(Binding::all).unwrap_or_default(),
        }
    }
}

/// The limits of a request field, if it has any.
pub fn rules(field: &FieldDescriptor) -> Option<Rules> {
    typed(&field.options(), "marquee.rules", field.parent_message().parent_pool())
}

fn extension(options: &DynamicMessage, name: &str, pool: &DescriptorPool) -> Option<Value> {
    let extension = pool.get_extension_by_name(name)?;
    options.has_extension(&extension).then(|| options.get_extension(&extension).into_owned())
}

fn typed<T: Message + Default>(options: &DynamicMessage, name: &str, pool: &DescriptorPool) -> Option<T> {
    extension(options, name, pool)?.as_message()?.transcode_to().ok()
}
