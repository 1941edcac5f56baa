//! Tickets: squares that can be scanned, a calendar that can be read, paper that can be opened.

use std::collections::BTreeMap;

use icalendar::{Calendar, CalendarComponent, Component, DatePerhapsTime, EventLike};
use serde_json::Value;

use super::{Cinema, DAY_MS, Person, TITLE, id};
use crate::common::START_MS;

/// Pixels for one square.
const SCALE: usize = 4;

/// The codes of an order by seat, as the API tells them.
async fn codes(cinema: &Cinema, order: &str) -> BTreeMap<String, String> {
    let order = cinema.order(order).await;
    let tickets = order["tickets"].as_array().unwrap().iter();
    tickets.map(|ticket| (id(&ticket["seat"]), id(&ticket["code"]))).collect()
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}")).1.split(after).next().unwrap()
}

/// Reads dark squares as a scanner does.
fn scan(size: usize, is_dark: impl Fn(usize, usize) -> bool) -> String {
    let pixels = size * SCALE;
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(pixels, pixels, |x, y| {
        if is_dark(x / SCALE, y / SCALE) { 0 } else { 255 }
    });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1);
    grids[0].decode().unwrap().1
}

/// The dark squares of a path: `M4 4h7v1h-7z` and so on.
fn drawn(path: &str) -> Vec<(usize, usize, usize)> {
    let runs = path.split('M').skip(1).map(|run| {
        let (column, rest) = run.split_once(' ').unwrap();
        let (row, rest) = rest.split_once('h').unwrap();
        let length = rest.split('v').next().unwrap();
        (column.parse().unwrap(), row.parse().unwrap(), length.parse().unwrap())
    });
    runs.collect()
}

#[tokio::test]
async fn each_ticket_shows_a_code_that_can_be_scanned_or_typed() {
    let cinema = Cinema::start().await;
    let order = cinema.paid(&["A1", "A2"]).await;
    let page = cinema.get(&format!("/orders/{order}")).await;
    assert_eq!(page.text().matches("data-ticket=").count(), 2);
    for (seat, code) in codes(&cinema, &order).await {
        let ticket = between(page.text(), &format!("data-ticket=\"{seat}\""), "</li>");
        assert!(ticket.contains(&format!(">{code}</p>")), "{ticket}");
        assert!(ticket.contains(if seat == "A2" { "Child · €8.00" } else { "Adult · €12.00" }));
        let size = between(ticket, "viewBox=\"0 0 ", " ").parse().unwrap();
        let runs = drawn(between(ticket, "<path d=\"", "\""));
        let is_dark =
            |x, y| runs.iter().any(|(column, row, length)| y == *row && x >= *column && x < column + length);
        assert_eq!(scan(size, is_dark), code);
    }
}

#[tokio::test]
async fn a_calendar_takes_the_screening() {
    let cinema = Cinema::start().await;
    let order = cinema.paid(&["A1", "A2"]).await;
    let file = cinema.get(&format!("/orders/{order}/calendar.ics")).await;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "text/calendar; charset=utf-8"));
    assert!(file.text().split("\r\n").all(|line| line.len() <= 75));
    let calendar: Calendar = file.text().parse().unwrap();
    let [CalendarComponent::Event(event)] = &*calendar.components else { panic!("{calendar:?}") };
    assert_eq!(event.get_summary(), Some(TITLE));
    assert_eq!(event.get_location(), Some("Odeon, Hauptstraße 1; Hof, links, Berlin"));
    assert_eq!(event.get_description(), Some(&*format!("Hall Große 1\nSeats A1, A2\nOrder {order}")));
    assert_eq!(event.get_uid(), Some(&*format!("order-{order}@marquee")));
    let millis = |at: Option<DatePerhapsTime>| match at {
        Some(DatePerhapsTime::DateTime(icalendar::CalendarDateTime::Utc(at))) => at.timestamp_millis(),
        other => panic!("{other:?}"),
    };
    let starts = START_MS + 2 * DAY_MS;
    assert_eq!((millis(event.get_start()), millis(event.get_end())), (starts, starts + 153 * 60_000));
    let open = cinema.buy(&["B1"]).await;
    assert_eq!(cinema.get(&format!("/orders/{open}/calendar.ics")).await.status, 404);
}

#[tokio::test]
async fn paper_has_the_same_tickets() {
    let cinema = Cinema::start().await;
    let order = cinema.paid(&["A1", "A2", "A3", "A4"]).await;
    let chinese = Person { session: cinema.ann.session.clone(), language: "zh-CN" };
    let file = cinema.get_as(&chinese, &format!("/orders/{order}/tickets.pdf")).await;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "application/pdf"));
    let pdf = lopdf::Document::load_mem(&file.body).unwrap();
    // Three to a sheet.
    assert_eq!(pdf.get_pages().len(), 2);
    let codes = codes(&cinema, &order).await;
    let mut found = Vec::new();
    for page in pdf.get_pages().into_values() {
        let content = pdf.get_and_decode_page_content(page).unwrap();
        found.extend(strips(&content));
    }
    assert_eq!(found.len(), 4);
    for ((scanned, text), (seat, code)) in found.iter().zip(&codes) {
        assert_eq!(scanned, code);
        assert!(text.contains("黄金三镖客") && text.contains("Große 1") && text.contains("Odeon"), "{text}");
        assert!(text.contains(&format!("座位 {seat}")) && text.contains(&format!("订单 {order}")), "{text}");
        assert!(text.replace('\n', "").contains(code.as_str()), "{text}");
    }
}

/// What is on each strip of a sheet: the code its squares say, and its text.
fn strips(content: &lopdf::content::Content) -> Vec<(String, String)> {
    let (mut strips, mut squares, mut text, mut font) = (Vec::new(), Vec::new(), String::new(), Vec::new());
    for operation in &content.operations {
        match (&*operation.operator, &*operation.operands) {
            ("re", [x, y, width, height]) => {
                squares.push([x, y, width, height].map(|number| number.as_float().unwrap()));
            }
            ("BT", _) => text.push('\n'),
            ("Tf", [name, _]) => font = name.as_name().unwrap().to_vec(),
            ("Tj", [lopdf::Object::String(bytes, _)]) if font == b"L" || font == b"F" => {
                text.extend(bytes.iter().map(|byte| char::from(*byte)));
            }
            ("Tj", [lopdf::Object::String(bytes, _)]) => {
                let units = bytes.chunks(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
                text.push_str(&String::from_utf16(&units.collect::<Vec<_>>()).unwrap());
            }
            // The line to cut along ends a strip.
            ("S", _) => strips.push((scan_drawn(&std::mem::take(&mut squares)), std::mem::take(&mut text))),
            _ => {}
        }
    }
    strips
}

/// Reads squares drawn on paper.
fn scan_drawn(squares: &[[f32; 4]]) -> String {
    let unit = squares[0][3];
    let left = squares.iter().map(|square| square[0]).fold(f32::MAX, f32::min);
    let top = squares.iter().map(|square| square[1]).fold(f32::MIN, f32::max);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few dozen squares")]
    let count = |length: f32| (length / unit).round() as usize;
    let runs: Vec<(usize, usize, usize)> = squares
        .iter()
        .map(|[x, y, width, _]| (count(x - left) + 4, count(top - y) + 4, count(*width)))
        .collect();
    let size = runs.iter().map(|(column, _, length)| column + length).max().unwrap() + 4;
    scan(size, |x, y| {
        runs.iter().any(|(column, row, length)| y == *row && x >= *column && x < column + length)
    })
}

#[tokio::test]
async fn tickets_that_were_given_back_are_shown_nowhere() {
    let cinema = Cinema::start().await;
    let order = cinema.paid(&["A1", "A2"]).await;
    let path = format!("/v1/orders/{order}/refund");
    let back = serde_json::json!({"seats": ["A2"]});
    let answer = cinema.running.as_user(&cinema.ann.session, http::Method::POST, &path, &back).await;
    assert_eq!(answer.json()["order"]["state"], Value::from("PARTIALLY_REFUNDED"));
    let page = cinema.get(&format!("/orders/{order}")).await;
    assert_eq!(page.phase(), "partly-refunded");
    assert!(page.text().contains("data-ticket=\"A1\"") && !page.text().contains("data-ticket=\"A2\""));
    let calendar = cinema.get(&format!("/orders/{order}/calendar.ics")).await;
    calendar.assert_says("Seat A1\\n");
    let file = cinema.get(&format!("/orders/{order}/tickets.pdf")).await;
    let pdf = lopdf::Document::load_mem(&file.body).unwrap();
    let page = pdf.get_pages()[&1];
    assert_eq!(strips(&pdf.get_and_decode_page_content(page).unwrap()).len(), 1);
}

#[tokio::test]
async fn tickets_are_shown_while_the_catalogue_is_away() {
    let cinema = Cinema::start().await;
    let order = cinema.paid(&["A1"]).await;
    let kit = &cinema.running.kit;
    kit.registry.clear();
    kit.register(&service_user::start(kit, &service_user::Config::default()).await.unwrap());
    kit.register(&service_order::start(kit, &service_order::Config::default()).await.unwrap());
    let page = cinema.get(&format!("/orders/{order}")).await;
    assert_eq!((page.status.as_u16(), page.phase().as_str()), (200, "paid"));
    page.assert_says("Film and time cannot be shown right now.");
    page.assert_says("data-ticket=\"A1\"");
    assert!(!page.text().contains("tickets.pdf"));
    cinema.get("/orders").await.assert_says(&format!(">Order {order}</a>"));
    let paper = cinema.get(&format!("/orders/{order}/tickets.pdf")).await;
    assert_eq!(paper.status, 503);
    paper.assert_says("Film and time cannot be looked up right now.");
}
