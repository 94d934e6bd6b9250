import Configuration
import Files
import Testing

@Suite struct LayersErrorTests {
    @Test(arguments: [
        (
            "inner.batchsize=3",
            #"inner.batchsize: unknown key (did you mean "batch_size"?); known: batch_size, rate, share, line"#
        ),
        (
            "batch_size=3",
            #"batch_size: unknown key (did you mean "inner.batch_size"?); known: seed, name, "#
                + "is_loud, colour, note, limit, sizes, figure, inner"
        ),
        ("seed.x=1", "seed: got an object, want a value such as 1"),
        ("seed=-1", "seed: got -1, want a whole number in 0 … 18446744073709551615"),
        ("seed=1e2", "seed: got 1e2, want a whole number"),
        ("inner.batch_size=2.0", "inner.batch_size: got 2.0, want a whole number"),
        ("inner.batch_size=many", #"inner.batch_size: got "many", want a whole number"#),
        ("inner.batch_size=0", "inner.batch_size: got 0, want 1 or more"),
        (
            "inner.batch_size=9223372036854775808",
            "inner.batch_size: got 9223372036854775808, want a whole number in "
                + "-9223372036854775808 … 9223372036854775807"
        ),
        ("inner.rate=nan", #"inner.rate: got "nan", want a number"#),
        ("inner.rate=1e39", "inner.rate: got 1e39, want a number of at most 3.4028235e+38"),
        (
            "inner.share=1e400",
            "inner.share: got 1e400, want a number of at most 1.7976931348623157e+308"
        ),
        ("inner.rate=null", "inner.rate: got null, want a number"),
        ("is_loud=yes", #"is_loud: got "yes", want true or false"#),
        ("colour=gren", #"colour: got "gren", want red, green, dark_blue (did you mean "green"?)"#),
        ("note=3", "note: got 3, want a text"),
        ("sizes=[1,x]", "sizes: '--set', byte 3, key [1]: 'x' where a value should stand"),
        ("sizes=[1,true]", "sizes.1: got true, want a whole number"),
        ("inner=3", "inner: got 3, want an object"),
        ("inner.line=x", #"inner.line: got "x", want a number or an object"#),
        ("figure=box", #"figure: got "box", want an object such as {"type": "disc"}"#),
        ("figure.type=3", "figure.type: got 3, want a text"),
        (
            "figure.type=dsc",
            #"figure.type: unknown figure "dsc" (did you mean "disc"?); known: disc, box, frame"#
        ),
        ("figure.width=3", "figure.width: unknown key; known: type, radius"),
        (
            #"a"b=3"#,
            #""a\"b": unknown key; known: seed, name, is_loud, colour, note, limit, "#
                + "sizes, figure, inner"
        ),
    ])
    func names(assignment: String, problem: String) throws {
        // A type that is asked for as a number is not taken for a text.
        let text = assignment == "figure.type=3" ? #"figure={"type":3}"# : assignment
        let problems = try ConfigurationLayers.sample(text).sampleProblems()
        #expect(problems == [problem + " (from --set)"])
        #expect(
            ConfigurationError.invalid(problems: problems).description
                == "configuration: " + problem + " (from --set)")
    }

    @Test func assignmentsNeedAnEqualsSign() throws {
        #expect(
            try ConfigurationLayers.sample("seed").sampleProblems()
                == [#"--set "seed": no "=", want key.path=value"#])
    }

    @Test func overlaysAreObjects() throws {
        var layers = try ConfigurationLayers(defaults: Sample())
        layers.apply([1], from: "run.json")
        #expect(layers.sampleProblems() == ["got an array, want an object (from run.json)"])
    }

    @Test func everyProblemIsToldOnce() throws {
        var layers = try ConfigurationLayers(defaults: Sample())
        layers.apply(
            ["inner": ["batch_size": 0, "rate": "fast"], "colr": "red"], from: "run.yaml")
        layers.assign(["figure.type=bax", "is_loud=1"])
        let problems = [
            #"colr: unknown key (did you mean "colour"?); known: seed, name, is_loud, colour, note, "#
                + "limit, sizes, figure, inner (from run.yaml)",
            #"figure.type: unknown figure "bax" (did you mean "box"?); known: disc, box, frame (from --set)"#,
            "is_loud: got 1, want true or false (from --set)",
            #"inner.rate: got "fast", want a number (from run.yaml)"#,
            "inner.batch_size: got 0, want 1 or more (from run.yaml)",
        ]
        #expect(layers.sampleProblems() == problems)
        #expect(
            ConfigurationError.invalid(problems: problems).description
                == "configuration: 5 problems\n  " + problems.joined(separator: "\n  "))
    }

    @Test func layersBelowAreCheckedToo() throws {
        var layers = try ConfigurationLayers(defaults: Sample())
        layers.apply(["seed": "a"], from: "low")
        layers.apply(["seed": "b"], from: "high")
        #expect(
            layers.sampleProblems() == [
                #"seed: got "b", want a whole number (from high)"#,
                #"seed: got "a", want a whole number (from low)"#,
            ])
    }

    @Test func wholeFilesMissNothing() throws {
        let tree = try ConfigurationTree.encode(Sample())
        #expect(
            try ConfigurationTree.encode(
                ConfigurationTree.decode(tree, defaults: Sample(), source: "a")) == tree)
        #expect(
            throws: ConfigurationError.invalid(problems: [
                "seed: missing (from a)", "inner: missing (from a)",
            ])
        ) {
            let members = (tree.object ?? []).filter { !["seed", "inner"].contains($0.key) }
            _ = try ConfigurationTree.decode(.object(members), defaults: Sample(), source: "a")
        }
    }

    @Test func hostileAssignmentsDoNotTrap() throws {
        let deep = Array(repeating: "a", count: 100_000).joined(separator: ".")
        let hostile = [
            "", "=", ".=", "..=1", "a..b=1", deep + "=1",
            "seed=" + String(repeating: "9", count: 5000),
            "inner.rate=" + String(repeating: "[", count: 100_000), "seed=\u{202E}\n",
            "figure=" + String(repeating: #"{"type":"#, count: 100),
            "figure.type=" + String(repeating: "x", count: 1_000_000),
            String(repeating: "k", count: 1_000_000) + "=1", "=1", "inner.line=1e400", "figure={}",
        ]
        for assignment in hostile where assignment != "figure={}" {
            let problems = try ConfigurationLayers.sample(assignment).sampleProblems()
            #expect(problems.count == 1, "\(assignment.prefix(40))")
            #expect(problems.allSatisfy { $0.utf8.count < 1000 && !$0.contains("\n") })
            #expect(problems.allSatisfy { !$0.unicodeScalars.contains("\u{202E}") })
        }
        #expect(try ConfigurationLayers.sample("figure={}").sampleProblems() == [])
        var layers = try ConfigurationLayers(defaults: Sample())
        layers.apply(.object((0..<10_000).map { JSONMember("k\($0)", 1) }), from: "a")
        #expect(layers.sampleProblems().count == 50)
    }
}
