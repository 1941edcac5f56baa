//! What the contract's paths mean.

use std::collections::HashSet;

use http::Method as Verb;
use micro::{Clock, Kit};
use prost_reflect::DescriptorPool;

use super::*;

fn directory() -> Directory {
    let kit = Kit::for_tests(std::path::Path::new("."), Clock::system());
    let pool = DescriptorPool::decode(contract::DESCRIPTORS).unwrap();
    Directory::new(&pool, &kit.registry).unwrap()
}

fn meaning(directory: &Directory, verb: &Verb, path: &str) -> String {
    match directory.find(verb, path) {
        Found::Method(binding, params) => format!("{} {}", binding.method.path, params.join(",")),
        Found::OtherMethods(others) => others.iter().map(Verb::as_str).collect::<Vec<_>>().join(","),
        Found::Elsewhere(service, form) => format!("{service}: {form}"),
        Found::Nothing => String::new(),
    }
}

#[tokio::test]
async fn all_forms_lead_to_the_method() {
    let directory = directory();
    for path in ["/order/OrderService/Buy", "/order/Buy", "/order/order.OrderService/Buy", "/v1/orders"] {
        assert_eq!(meaning(&directory, &Verb::POST, path), "/order.OrderService/Buy ", "{path}");
    }
    let cases = [
        (Verb::GET, "/v1/orders/77", "/order.OrderService/GetInfo 77"),
        (Verb::POST, "/v1/orders/77/pay", "/order.OrderService/Pay 77"),
        (Verb::GET, "/v1/screenings/5/seats/watch", "/film.FilmService/WatchHall 5"),
        (Verb::PATCH, "/v1/films/a%20b", "/film.FilmService/UpdateFilm a%20b"),
        (Verb::PUT, "/v1/price-lists/3", "/film.FilmService/UpdatePriceList 3"),
        (Verb::DELETE, "/v1/films/3", "GET,PATCH"),
        (Verb::GET, "/order/Buy", "POST"),
        (Verb::GET, "/v1/orders/77/pay", "POST"),
        (Verb::GET, "/v1/orders/", ""),
        (Verb::GET, "/v1/orders/1/2", ""),
        (Verb::POST, "/order/Steal", ""),
        (Verb::POST, "/film/FilmInternal/GetSalesFacts", ""),
        (Verb::POST, "/film/GetSalesFacts", ""),
        (Verb::POST, "/film/film.FilmInternal/GetSalesFacts", ""),
        (Verb::POST, "/order/FilmService/GetAllList", ""),
        (Verb::POST, "/nothing/here", ""),
        (Verb::POST, "//", ""),
    ];
    for (verb, path, expected) in cases {
        assert_eq!(meaning(&directory, &verb, path), expected, "{path}");
    }
}

#[test]
fn every_method_of_the_contract_has_its_rest_path() {
    let directory = directory();
    let bound: HashSet<_> = directory.rest_methods().map(|binding| binding.method.path.as_str()).collect();
    for method in contract::METHODS.iter().filter(|method| method.access != contract::Access::Service) {
        assert!(bound.contains(method.path), "{}", method.path);
    }
    for binding in directory.rest_methods() {
        let read = binding.http == Verb::GET;
        assert!(!read || binding.body == Body::None, "{}", binding.template);
        assert_eq!(binding.params.len(), binding.template.matches('{').count(), "{}", binding.template);
    }
}

#[test]
fn only_seating_plans_may_be_large() {
    let directory = directory();
    let usual = 1024 * 1024;
    let mut large: Vec<_> = directory
        .rest_methods()
        .filter(|binding| binding.method.max_request(usual) > usual)
        .map(|binding| binding.method.path.to_string())
        .collect();
    large.sort();
    let takes_plans = ["CheckSeatingPlan", "CreateHall", "EditSeatingPlan", "UpdateHall"];
    assert_eq!(large, takes_plans.map(|name| format!("/film.FilmService/{name}")));
    let create = directory.by_grpc_path("/film.FilmService/CreateHall").unwrap();
    assert_eq!(create.max_request(usual), 17 * 1024 * 1024);
}

#[test]
fn grpc_paths_lead_to_services_but_not_to_what_is_internal() {
    let directory = directory();
    assert_eq!(directory.service_of("/order.OrderService/Buy").as_deref(), Some("order"));
    for path in [
        "/order.OrderService/Steal",
        "/order.OrderInternal/FactsChanged",
        "/film.FilmInternal/GetSalesFacts",
        "/nobody.Knows/It",
        "/order/Buy",
        "/Buy",
        "",
    ] {
        assert_eq!(directory.service_of(path), None, "{path}");
    }
}
