//! What a service says of bytes that are not one whole message.

use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body_util::Full;
use micro::server::Entry;
use micro::{Clock, Kit, Problem, Service};
use tonic::body::Body;
use tonic::{Code, Status};
use tower::ServiceExt;

/// What is sent, its encoding, the bytes, and how it is refused.
type Case = (&'static str, &'static str, &'static [u8], (Code, &'static str));

async fn call(entry: &Entry, encoding: &str, body: &[u8]) -> HeaderMap {
    let mut request =
        Request::post("/grpc.health.v1.Health/Check").header("content-type", "application/grpc");
    if !encoding.is_empty() {
        request = request.header("grpc-encoding", encoding);
    }
    let body = Body::new(Full::new(Bytes::copy_from_slice(body)));
    entry.clone().oneshot(request.body(body).unwrap()).await.unwrap().into_parts().0.headers
}

#[tokio::test]
async fn what_is_wrong_with_a_message_is_the_callers_fault_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let kit = Kit::for_tests(folder.path(), Clock::system());
    let entry = kit.register(&Service::new("film").unwrap());
    let invalid = (Code::InvalidArgument, "MESSAGE_INVALID");
    let compressed = (Code::Unimplemented, "COMPRESSION_UNSUPPORTED");
    let too_large = (Code::ResourceExhausted, "BODY_TOO_LARGE");
    let cases: [Case; 8] = [
        ("nothing", "", b"", invalid),
        ("a piece of a header", "", &[0], invalid),
        ("a flag that means nothing", "", &[7, 0, 0, 0, 0], invalid),
        ("compressed, and nobody knows how", "", &[1, 0, 0, 0, 0], invalid),
        ("shorter than it says", "", &[0, 0, 0, 0, 9, 1], invalid),
        ("no protobuf", "", &[0, 0, 0, 0, 1, 0xff], invalid),
        ("compressed", "gzip", &[1, 0, 0, 0, 0], compressed),
        ("two gigabytes", "", &[0, 0x7f, 0xff, 0xff, 0xff], too_large),
    ];
    for (what, encoding, body, expected) in cases {
        let headers = call(&entry, encoding, body).await;
        let status = Status::from_header_map(&headers).unwrap();
        let problem = Problem::from_status(&status);
        assert_eq!((problem.code(), problem.reason()), expected, "{what}: {status:?}");
    }
    let fine = call(&entry, "identity", &[0, 0, 0, 0, 0]).await;
    assert_eq!(Status::from_header_map(&fine).map_or(Code::Ok, |status| status.code()), Code::Ok);
}
