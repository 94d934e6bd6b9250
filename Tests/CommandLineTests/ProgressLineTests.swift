import Testing

@testable import textvae

@Suite struct ProgressLineTests {
    private var line: ProgressLine {
        ProgressLine(
            step: 1240, steps: 8000, lossPerToken: 2.3149, tokenAccuracy: 0.6123, kl: 41.24,
            gap: nil, tokensPerSecond: 9811.7, secondsLeft: 692.2)
    }

    @Test func snapshot() {
        #expect(
            line.text
                == "step 1,240/8,000 · 15 % · loss 2.31 nats/token · acc 0.61 · KL 41.2 · gap – · "
                + "9,812 tokens/s · 11:32 left")
    }

    @Test func gapAndHours() {
        var line = line
        line.gap = 3.456
        line.secondsLeft = 7509
        #expect(line.text.contains(" · gap 3.46 · "))
        #expect(line.text.hasSuffix(" · 2:05:09 left"))
    }

    @Test func oddValuesAreShownNotTrapped() {
        var line = line
        (line.steps, line.secondsLeft, line.tokensPerSecond) = (0, .infinity, .nan)
        line.lossPerToken = .nan
        #expect(line.text.contains("· 100 % · loss nan nats/token"))
        #expect(line.text.hasSuffix("· – tokens/s · – left"))
    }

    @Test(arguments: [10, 40, 80, 200]) func fitsTheTerminal(_ columns: Int) {
        let text = line.text(columns: columns)
        #expect(text.count < columns)
        #expect(text == line.text || text.hasSuffix("…"))
    }

    @Test func figures() {
        #expect(
            [0, 999, 1000, 1_234_567, -4321].map(Figures.grouped) == [
                "0", "999", "1,000", "1,234,567", "-4,321",
            ])
        #expect(Figures.percent(0.956) == "95.6 %")
        #expect(Figures.duration(59.6) == "1:00")
        #expect(Figures.count(1, "line") == "1 line")
        #expect(Figures.count(2000, "line") == "2,000 lines")
    }

    @Test func table() {
        var table = Table()
        table.rightAligned = [1]
        table.add("loss", "1.25", "nats")
        table.add("sentences", "12,000")
        #expect(table.text == "loss         1.25  nats\nsentences  12,000\n")
    }
}
