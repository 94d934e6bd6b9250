import Configuration
import Files
import Testing

@Suite struct LayersTests {
    @Test func treeStandsInOrderDeclared() throws {
        let text = String(
            decoding: try StrictJSON.bytes(of: ConfigurationTree.encode(Sample())), as: UTF8.self)
        #expect(
            text
                == #"{"seed":1,"name":"plain","is_loud":false,"colour":"red","note":null,"#
                + #""limit":null,"sizes":[1,2],"figure":{"type":"disc","radius":1.0},"#
                + #""inner":{"batch_size":8,"rate":0.1,"share":0.05,"#
                + #""line":{"start":0.0,"end":1.0,"steps":10}}}"#)
    }

    @Test func laterLayersWin() throws {
        var layers = try ConfigurationLayers(defaults: Sample())
        layers.apply(["inner": ["batch_size": 1, "rate": 1.0], "name": "preset"], from: "preset")
        layers.apply(["inner": ["batch_size": 2, "share": 0.5]], from: "file")
        layers.assign(["inner.batch_size=3"])
        let sample = try layers.sample()
        #expect(sample.inner.batchSize == 3)
        #expect(sample.inner.share == 0.5)
        #expect(sample.inner.rate == 1)
        #expect(sample.name == "preset")
        #expect(sample.inner.line == Line())
    }

    @Test func assignmentsAreTyped() throws {
        let sample = try ConfigurationLayers.sample(
            "seed=18446744073709551615", "name=123", "is_loud=true", "colour=dark_blue", "note=a=b",
            "limit=7", "sizes=[3]", "inner.rate=1e-3", "inner.line.end=4"
        ).sample()
        #expect(sample.seed == .max)
        #expect(sample.name == "123")
        #expect(sample.isLoud)
        #expect(sample.colour == .darkBlue)
        #expect(sample.note == "a=b")
        #expect(sample.limit == 7)
        #expect(sample.sizes == [3])
        #expect(sample.inner.rate == 1e-3)
        #expect(sample.inner.line == Line(start: 0, end: 4, steps: 10))
        #expect(try ConfigurationLayers.sample("name=").sample().name == "")
        #expect(try ConfigurationLayers.sample("note=x", "note=null").sample().note == nil)
    }

    @Test func numberIsConstantRamp() throws {
        var layers = try ConfigurationLayers(defaults: Sample())
        layers.apply(["inner": ["line": 0.25]], from: "file")
        layers.assign(["inner.line.steps=5"])
        #expect(try layers.sample().inner.line == Line(start: 0.25, end: 0.25, steps: 5))
    }

    @Test func anotherTypeBringsItsDefaults() throws {
        var layers = try ConfigurationLayers(defaults: Sample())
        layers.apply(["figure": ["radius": 9.0]], from: "file")
        #expect((try layers.sample().figure.component as? Disc)?.radius == 9)
        layers.assign(["figure.type=disc"])
        #expect((try layers.sample().figure.component as? Disc)?.radius == 9)
        layers.assign(["figure.type=box"])
        #expect(try layers.sample().figure.component as? Box == Box())
        layers.apply(["figure": ["corner_count": 3, "type": "box"]], from: "file")
        #expect((try layers.sample().figure.component as? Box)?.cornerCount == 3)
    }

    @Test func orderOfAssignmentsDoesNotMatter() throws {
        let assignments = [
            "figure.inner.corner_count=6", "figure.border=2", "figure.inner.type=box",
            "figure.type=frame",
        ]
        for shift in assignments.indices {
            var layers = try ConfigurationLayers(defaults: Sample())
            layers.assign(Array(assignments[shift...] + assignments[..<shift]))
            let frame = try #require(try layers.sample().figure.component as? Frame)
            #expect(frame.border == 2)
            #expect((frame.inner.component as? Box)?.cornerCount == 6)
        }
        let line = try ConfigurationLayers.sample("inner.line.end=3", "inner.line=2").sample()
        #expect(line.inner.line == Line(start: 2, end: 3, steps: 0))
    }

    @Test func usersRegistriesAreSeen() throws {
        var registries = Registries()
        registries.set(FigureKind.builtIn.adding(.init(Star.self) { $0 }), for: FigureKind.self)
        var layers = try ConfigurationLayers(defaults: Sample(), registries: registries)
        layers.assign(["figure.points=7", "figure.type=star"])
        #expect((try layers.sample().figure.component as? Star)?.points == 7)
    }

    @Test func differencesNameKeys() throws {
        let a = try ConfigurationTree.encode(Sample())
        let b = try ConfigurationLayers.sample("figure.type=box", "note=x", "inner.line=2").tree
        #expect(ConfigurationTree.differences(a, a) == [])
        #expect(
            ConfigurationTree.differences(a, b) == [
                #"note: null → "x""#, #"figure.type: "disc" → "box""#,
                "figure.radius: 1.0 → (none)", "figure.width: (none) → 2.0",
                "figure.corner_count: (none) → 4", "inner.line.start: 0.0 → 2",
                "inner.line.end: 1.0 → 2", "inner.line.steps: 10 → 0",
            ])
    }
}
