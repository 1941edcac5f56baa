//! What the gateway answers itself over gRPC: reflection and health.

use std::sync::Arc;

use micro::StartError;
use prost::Message;
use prost_types::FileDescriptorSet;
use tonic::service::Routes;
use tonic_health::pb::health_server::HealthServer;

use super::health::{Health, Readiness};

/// Reflection (`grpc.reflection.v1` and its `v1alpha`) and health (`grpc.health.v1`).
///
/// # Errors
/// Descriptors that cannot be read, which a test rules out.
pub fn routes(readiness: &Arc<Readiness>) -> Result<Routes, StartError> {
    let files = described()?;
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_file_descriptor_set(files.clone())
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let v1 = reflection().build_v1().map_err(StartError::new)?;
    let v1alpha = reflection().build_v1alpha().map_err(StartError::new)?;
    let health = HealthServer::new(Health::new(readiness.clone()));
    Ok(Routes::new(health).add_service(v1).add_service(v1alpha).prepare())
}

/// The contract without what only services may call.
fn described() -> Result<FileDescriptorSet, StartError> {
    let mut files = FileDescriptorSet::decode(contract::DESCRIPTORS).map_err(StartError::new)?;
    for file in &mut files.file {
        let package = file.package().to_owned();
        file.service.retain(|service| {
            let prefix = format!("/{package}.{}/", service.name());
            let mut methods = contract::METHODS.iter().filter(|method| method.path.starts_with(&prefix));
            methods.any(|method| method.access != contract::Access::Service)
        });
        // Comments are for people who have the files; their places no longer fit.
        file.source_code_info = None;
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_services_may_call_is_not_described() {
        let files = described().unwrap();
        let services = files.file.iter().flat_map(|file| &file.service).map(|service| service.name());
        assert_eq!(services.collect::<Vec<_>>().len(), 3);
        let text = String::from_utf8_lossy(&files.encode_to_vec()).into_owned();
        assert!(text.contains("OrderService") && !text.contains("OrderInternal"));
    }
}
