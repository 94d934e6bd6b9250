// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that who builds textvae need not fetch a benchmark library: `make bench`.
let package = Package(
    name: "textvae-micro",
    dependencies: [
        .package(name: "textvae", path: "../.."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "Operations",
            dependencies: [
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "Tensors", package: "textvae"),
                .product(name: "SeqModel", package: "textvae"),
                .product(name: "DVAE", package: "textvae"),
            ],
            path: "Benchmarks/Operations",
            swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")],
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ]
)
