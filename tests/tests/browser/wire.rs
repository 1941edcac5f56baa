//! The wire between a browser and the site, which can be cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Where the wire begins, and whether answers get lost on it.
#[derive(Clone)]
pub struct Wire {
    port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    cut: AtomicBool,
    lost: AtomicUsize,
}

impl Wire {
    /// A wire to a site.
    pub async fn to(site: &str) -> Self {
        let site = site.strip_prefix("http://").unwrap().to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let wire = Self { port: listener.local_addr().unwrap().port(), state: Arc::default() };
        let state = wire.state.clone();
        tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                let (site, state) = (site.clone(), state.clone());
                tokio::spawn(async move {
                    if let Ok(site) = TcpStream::connect(site).await {
                        carry(browser, site, &state).await;
                    }
                });
            }
        });
        wire
    }

    /// The site at the other end.
    pub fn url(&self, place: &str) -> String {
        format!("http://127.0.0.1:{}{place}", self.port)
    }

    /// From now on answers to forms are lost, or are not.
    pub fn cut(&self, cut: bool) {
        self.state.cut.store(cut, Ordering::SeqCst);
    }

    /// How many answers have been lost.
    pub fn lost(&self) -> usize {
        self.state.lost.load(Ordering::SeqCst)
    }
}

/// Carries both ways. Where the wire is cut a form still arrives and is answered, and the
/// connection ends before the answer is through.
async fn carry(browser: TcpStream, site: TcpStream, state: &State) {
    let (mut from_browser, mut to_browser) = browser.into_split();
    let (mut from_site, mut to_site) = site.into_split();
    let is_form = AtomicBool::new(false);
    let there = async {
        let mut piece = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = from_browser.read(&mut piece).await {
            if piece[..read].starts_with(b"POST ") {
                is_form.store(true, Ordering::SeqCst);
            } else if piece[..read].starts_with(b"GET ") {
                is_form.store(false, Ordering::SeqCst);
            }
            if to_site.write_all(&piece[..read]).await.is_err() {
                return;
            }
        }
    };
    let back = async {
        let mut piece = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = from_site.read(&mut piece).await {
            if state.cut.load(Ordering::SeqCst) && is_form.load(Ordering::SeqCst) {
                state.lost.fetch_add(1, Ordering::SeqCst);
                return;
            }
            if to_browser.write_all(&piece[..read]).await.is_err() {
                return;
            }
        }
    };
    // Whichever ends first ends both.
    tokio::select! { () = there => {}, () = back => {} }
}
