//! Messages in the body of a gRPC answer.

use bytes::{Buf, Bytes, BytesMut};
use http::HeaderMap;
use http_body_util::BodyExt;
use tonic::body::Body;
use tonic::{Code, Status};

use crate::transcode::FRAME_HEADER;

/// Largest message of an answer: beyond any seating plan, far below what hurts.
const MAX_MESSAGE: usize = 64 * 1024 * 1024;

/// Reads the messages of an answer one after the other.
pub struct Frames {
    body: Body,
    read: Bytes,
    /// What the headers or trailers said.
    status: Option<Status>,
}

impl Frames {
    /// The messages of an answer with these headers.
    ///
    /// # Errors
    /// The status, where the headers already say that the call failed.
    pub fn new(headers: &HeaderMap, body: Body) -> Result<Self, Status> {
        let status = Status::from_header_map(headers);
        match status {
            Some(status) if status.code() != Code::Ok => Err(status),
            status => Ok(Self { body, read: Bytes::new(), status }),
        }
    }

    /// The next message; nothing after the last. May be dropped while waiting without losing any.
    ///
    /// # Errors
    /// How the call failed.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Status> {
        loop {
            if let Some(message) = self.take()? {
                return Ok(Some(message));
            }
            match self.body.frame().await {
                Some(frame) => match frame?.into_data() {
                    Ok(data) => self.push(data),
                    Err(frame) => {
                        self.status =
                            frame.trailers_ref().and_then(Status::from_header_map).or(self.status.take());
                    }
                },
                None => return self.end().map(|()| None),
            }
        }
    }

    /// The only message of an answer that is not a stream.
    ///
    /// # Errors
    /// How the call failed.
    pub async fn only(mut self) -> Result<Bytes, Status> {
        let message = self.next().await?;
        while self.next().await?.is_some() {}
        message.ok_or_else(|| Status::internal("the answer is empty"))
    }

    fn push(&mut self, data: Bytes) {
        if self.read.is_empty() {
            self.read = data;
        } else {
            let begun = std::mem::take(&mut self.read);
            let mut begun = begun.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&shared[..]));
            begun.extend_from_slice(&data);
            self.read = begun.freeze();
        }
    }

    fn take(&mut self) -> Result<Option<Bytes>, Status> {
        let Some((&[compressed, a, b, c, d], rest)) = self.read.split_first_chunk::<FRAME_HEADER>() else {
            return Ok(None);
        };
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        if compressed != 0 {
            return Err(Status::internal("the answer is compressed, which was not asked for"));
        }
        if length > MAX_MESSAGE {
            return Err(Status::internal("the answer is too large"));
        }
        if rest.len() < length {
            return Ok(None);
        }
        self.read.advance(FRAME_HEADER);
        Ok(Some(self.read.split_to(length)))
    }

    fn end(&mut self) -> Result<(), Status> {
        match self.status.take() {
            Some(status) if status.code() != Code::Ok => Err(status),
            Some(_) if self.read.is_empty() => Ok(()),
            _ => Err(Status::internal("the answer broke off")),
        }
    }
}
