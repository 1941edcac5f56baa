//! Pictures of the main pages for the documents: made anew with
//! `cargo test -p tests --test browser -- --ignored pictures`.

use std::fs;
use std::path::Path;

use tests::{Settings, TestCluster};

use crate::hall;
use crate::look::{Device, Language, Look};
use crate::stage::play;

/// Most that a picture may have, bytes: they are read with the page they are on.
const LARGEST: usize = 200 * 1024;

/// Seats that others buy at a time.
const GROUP: usize = 4;

/// How much of a page is shown, CSS pixels.
fn height(device: Device) -> u32 {
    match device {
        Device::Phone => 740,
        Device::Desktop => 640,
    }
}

/// Has others buy and hold some seats of the screening whose page is there, where nobody has yet.
async fn others_buy(cluster: &TestCluster, place: &str) {
    let film_sid = place.rsplit('/').next().unwrap().parse().unwrap();
    let hall = cluster.hall(film_sid).await;
    if hall.seats.iter().any(|seat| seat.state == "SOLD") {
        return;
    }
    let other = cluster.customer().await;
    let ordinary = hall.seats.iter().filter(|seat| seat.state == "FREE" && seat.kind == "STANDARD");
    let names: Vec<&str> = ordinary.map(|seat| &*seat.seat).collect();
    for (number, group) in names.chunks(GROUP).enumerate() {
        match number % 7 {
            2 | 3 => drop(other.buy_and_pay(film_sid, group).await),
            5 => drop(other.buy(film_sid, group).await.unwrap()),
            _ => {}
        }
    }
}

#[tokio::test]
#[ignore = "makes pictures for the documents"]
async fn pictures() {
    play("pictures", Settings::default().with_demo(), async |stage| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/images");
        fs::create_dir_all(&folder).unwrap();
        for language in Language::ALL {
            for device in Device::ALL {
                let browser = stage.browser(Look { language, device }).await;
                let keep = async |name: &str| {
                    let picture = browser.picture_of_top(height(device)).await;
                    let file = format!("{name}-{}-{}.png", device.short(), language.short());
                    assert!(picture.len() < LARGEST, "{file}: {} bytes", picture.len());
                    fs::write(folder.join(file), picture).unwrap();
                };
                browser.open("/").await;
                keep("start").await;
                browser.follow(".film h2 a").await;
                keep("film").await;
                browser.follow(".days li:nth-child(3) a").await;
                browser.follow("a.time").await;
                others_buy(&stage.cluster, &browser.place().await).await;
                browser.reload().await;
                hall::is_live(&browser).await;
                browser.choose("select[name=best]", "3").await;
                browser.follow("form.best button").await;
                browser.see("#lines [data-line]").await;
                browser.run("document.getElementById('map-title').scrollIntoView()", &[]).await;
                keep("hall").await;
                browser.quit().await;
            }
        }
    })
    .await;
}
