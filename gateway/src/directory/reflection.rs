//! Asking a service what it offers: gRPC reflection, `v1` or `v1alpha`.

use std::collections::{HashMap, HashSet, VecDeque};

use http::uri::PathAndQuery;
use micro::Channel;
use prost::Message;
use prost_reflect::DescriptorPool;
use prost_reflect::prost_types::{FileDescriptorProto, FileDescriptorSet};
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest as Ask;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse as Answer;
use tonic_reflection::pb::v1::{ServerReflectionRequest, ServerReflectionResponse};

/// Both versions speak the same messages.
const PATHS: [&str; 2] = [
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];
/// Most proto files of one service.
const MAX_FILES: usize = 256;
/// Most bytes of all of them.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Why a service's descriptors could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ReflectionError {
    /// The service did not answer, or not what was asked.
    #[error("reflection failed: {0}")]
    Call(#[from] Status),
    /// More than fits.
    #[error("the service describes more than {MAX_FILES} files or {MAX_BYTES} bytes")]
    TooMuch,
    /// Descriptors that do not fit together.
    #[error("the descriptors are not sound: {0}")]
    Unsound(#[from] prost_reflect::DescriptorError),
    /// Bytes that are no descriptor.
    #[error("the descriptors cannot be read: {0}")]
    Malformed(#[from] prost::DecodeError),
}

/// Asks a service for its gRPC services and everything they need.
pub async fn describe(channel: &Channel) -> Result<(DescriptorPool, Vec<String>), ReflectionError> {
    let mut asking = Asking { channel: channel.clone(), path: PATHS[0] };
    let services = asking.services().await?;
    let mut files = Files::default();
    for service in &services {
        files.take(asking.files(Ask::FileContainingSymbol(service.clone())).await?)?;
    }
    while let Some(missing) = files.missing.pop_front() {
        match asking.files(Ask::FileByFilename(missing.clone())).await {
            Ok(found) => files.take(found)?,
            Err(error) => files.take(vec![well_known(&missing).ok_or(error)?])?,
        }
    }
    let file = files.known.into_values().collect();
    Ok((DescriptorPool::from_file_descriptor_set(FileDescriptorSet { file })?, services))
}

struct Asking {
    channel: Channel,
    path: &'static str,
}

impl Asking {
    async fn services(&mut self) -> Result<Vec<String>, ReflectionError> {
        let answer = match self.ask(Ask::ListServices(String::new())).await {
            Err(status) if status.code() == Code::Unimplemented => {
                self.path = PATHS[1];
                self.ask(Ask::ListServices(String::new())).await?
            }
            other => other?,
        };
        let Answer::ListServicesResponse(list) = answer else { return Err(unexpected().into()) };
        let names = list.service.into_iter().map(|service| service.name);
        Ok(names.filter(|name| !name.starts_with("grpc.")).take(MAX_FILES).collect())
    }

    async fn files(&mut self, ask: Ask) -> Result<Vec<FileDescriptorProto>, ReflectionError> {
        let Answer::FileDescriptorResponse(answer) = self.ask(ask).await? else {
            return Err(unexpected().into());
        };
        let files = answer.file_descriptor_proto;
        if files.iter().map(Vec::len).sum::<usize>() > MAX_BYTES {
            return Err(ReflectionError::TooMuch);
        }
        Ok(files.iter().map(|file| FileDescriptorProto::decode(&file[..])).collect::<Result<_, _>>()?)
    }

    async fn ask(&mut self, ask: Ask) -> Result<Answer, Status> {
        let mut client = tonic::client::Grpc::new(self.channel.clone());
        client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let message = ServerReflectionRequest { host: String::new(), message_request: Some(ask) };
        let codec: ProstCodec<ServerReflectionRequest, ServerReflectionResponse> = ProstCodec::default();
        let request = Request::new(tokio_stream::once(message));
        let mut answers =
            client.streaming(request, PathAndQuery::from_static(self.path), codec).await?.into_inner();
        let answer = answers.message().await?.and_then(|answer| answer.message_response);
        match answer.ok_or_else(unexpected)? {
            Answer::ErrorResponse(error) => Err(Status::new(error.error_code.into(), error.error_message)),
            answer => Ok(answer),
        }
    }
}

fn unexpected() -> Status {
    Status::internal("the answer is not to what was asked")
}

#[derive(Default)]
struct Files {
    known: HashMap<String, FileDescriptorProto>,
    asked: HashSet<String>,
    missing: VecDeque<String>,
    bytes: usize,
}

impl Files {
    fn take(&mut self, files: Vec<FileDescriptorProto>) -> Result<(), ReflectionError> {
        for file in files {
            self.bytes += file.encoded_len();
            self.asked.insert(file.name().to_owned());
            for needed in &file.dependency {
                if self.asked.insert(needed.clone()) {
                    self.missing.push_back(needed.clone());
                }
            }
            self.known.insert(file.name().to_owned(), file);
        }
        self.missing.retain(|name| !self.known.contains_key(name));
        if self.known.len() > MAX_FILES || self.bytes > MAX_BYTES {
            return Err(ReflectionError::TooMuch);
        }
        Ok(())
    }
}

/// Google's own files, which services need not hand out.
fn well_known(name: &str) -> Option<FileDescriptorProto> {
    DescriptorPool::global().get_file_by_name(name).map(|file| file.file_descriptor_proto().clone())
}
