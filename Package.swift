// swift-tools-version: 6.1
import PackageDescription

// Targets stand in level order: each may depend only on those above it.
// Tests/ArchitectureTests checks that, and `make lint` makes an undeclared import an error.

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "textvae",
    products: [
        .executable(name: "textvae", targets: ["textvae"]),
        .library(name: "TextCodec", targets: ["TextCodec"]),
        .library(name: "Training", targets: ["Training"]),
        .library(name: "DVAE", targets: ["DVAE"]),
        .library(name: "SeqModel", targets: ["SeqModel"]),
        .library(name: "Configuration", targets: ["Configuration"]),
        .library(name: "Tensors", targets: ["Tensors"]),
        .library(name: "Tokenize", targets: ["Tokenize"]),
        .library(name: "Scenes", targets: ["Scenes"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Level 0: C.
        .target(
            name: "CICU",
            linkerSettings: [
                .linkedLibrary("icuuc"), .linkedLibrary("icui18n"), .linkedLibrary("icudata"),
            ]),
        .target(name: "COneDNN", linkerSettings: [.linkedLibrary("dnnl"), .linkedLibrary("gomp")]),
        .target(name: "CKernels", linkerSettings: [.linkedLibrary("gomp"), .linkedLibrary("m")]),
        .target(name: "CTokenIndex"),
        .systemLibrary(
            name: "CXXHash", providers: [.apt(["libxxhash-dev"])]),

        // Level 1: bytes at rest.
        .target(name: "Files", dependencies: ["CXXHash"], swiftSettings: swiftSettings),

        // Level 2: typed values from outside.
        .target(name: "Configuration", dependencies: ["Files"], swiftSettings: swiftSettings),

        // Level 3: numbers, and text.
        .target(
            name: "Tensors",
            dependencies: ["Configuration", "CKernels", "COneDNN"],
            swiftSettings: swiftSettings),
        .target(
            name: "Tokenize",
            dependencies: ["Files", "CICU", "CTokenIndex"],
            swiftSettings: swiftSettings),

        // Level 4: sequences; and the grammar of the bundled corpus.
        .target(
            name: "SeqModel", dependencies: ["Configuration", "Tensors", "CKernels"],
            swiftSettings: swiftSettings),
        .target(name: "Scenes", swiftSettings: swiftSettings),

        // Level 5: the paper.
        .target(
            name: "DVAE",
            dependencies: [
                "Configuration", "Tensors", "SeqModel", "CKernels",
                .product(name: "RealModule", package: "swift-numerics"),
            ],
            swiftSettings: swiftSettings),

        // Level 6: what a user holds.
        .target(
            name: "TextCodec",
            dependencies: [
                "Files", "Configuration", "Tensors", "SeqModel", "DVAE", "Tokenize",
            ],
            swiftSettings: swiftSettings),

        // Level 7: corpus → codec.
        .target(
            name: "Training",
            dependencies: [
                "Files", "Configuration", "Tensors", "SeqModel", "DVAE", "Tokenize", "TextCodec",
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: swiftSettings),

        // Level 8: flags in, events out.
        .executableTarget(
            name: "textvae",
            dependencies: [
                "Files", "Configuration", "Tensors", "SeqModel", "DVAE", "Tokenize", "TextCodec",
                "Training", "Scenes",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings),

        // A training step to hold against the same step of other toolkits: Benchmarks/README.md.
        .executableTarget(
            name: "step-benchmark",
            dependencies: [
                "Files", "Tensors", "SeqModel", "DVAE", "TextCodec",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/Step", swiftSettings: swiftSettings),

        // Cutting text and looking it up, held against ICU used plainly and against Swift's strings.
        .target(
            name: "CPlainICU", path: "Benchmarks/PlainICU",
            linkerSettings: [.linkedLibrary("icuuc")]),
        .executableTarget(
            name: "tokenize-benchmark",
            dependencies: [
                "CPlainICU", "Tokenize",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/Tokenize", exclude: ["corpora.py", "peers.py"],
            swiftSettings: swiftSettings),

        // The paper's own experiment.
        .systemLibrary(
            name: "CZlib", path: "Examples/MNIST/CZlib", providers: [.apt(["zlib1g-dev"])]),
        .executableTarget(
            name: "mnist",
            dependencies: [
                "CZlib", "CKernels", "Files", "Configuration", "Tensors", "SeqModel", "DVAE",
                .product(name: "RealModule", package: "swift-numerics"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Examples/MNIST/Sources", swiftSettings: swiftSettings),

        // Tests mirror Sources.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: swiftSettings),
        .testTarget(
            name: "FilesTests", dependencies: ["Files", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ConfigurationTests", dependencies: ["Configuration", "Files", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "TensorsTests",
            dependencies: ["Tensors", "Configuration", "CKernels", "COneDNN", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "TokenizeTests", dependencies: ["Tokenize", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "SeqModelTests", dependencies: ["SeqModel", "Tensors", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ScenesTests", dependencies: ["Scenes", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "DVAETests",
            dependencies: [
                "DVAE", "SeqModel", "Tensors", "Configuration", "TestSupport",
                .product(name: "RealModule", package: "swift-numerics"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "MNISTTests",
            dependencies: [
                "mnist", "CZlib", "DVAE", "SeqModel", "Tensors", "Configuration", "Files",
                "TestSupport",
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "TextCodecTests",
            dependencies: [
                "TextCodec", "Tokenize", "DVAE", "SeqModel", "Tensors", "Files", "TestSupport",
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "TrainingTests",
            dependencies: [
                "Training", "TextCodec", "Tokenize", "DVAE", "SeqModel", "Tensors", "Files",
                "TestSupport",
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "CommandLineTests", dependencies: ["textvae", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(name: "ArchitectureTests", swiftSettings: swiftSettings),
    ]
)
