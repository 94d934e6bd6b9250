import Tensors

extension StepProfiler {
    /// Milliseconds of a mean step by operation, the dearest first; products with their speed in 10⁹ floating-point
    /// operations a second.
    var table: Table {
        var table = Table()
        table.rightAligned = Set(1...8)
        table.add(
            "operation", "calls", "forward", "backward", "ms/step", "share", "products",
            "GFLOP", "GF/s")
        let total = Line(name: "step", sumOf: lines)
        let sorted = lines.enumerated().sorted {
            ($1.element.seconds, $0.offset) < ($0.element.seconds, $1.offset)
        }
        for line in sorted.map(\.element) + [total] {
            table.add(
                line.name, Figures.fixed(perStep(Double(line.calls)), 1),
                milliseconds(line.forward), milliseconds(line.backward),
                milliseconds(line.seconds),
                Figures.percent(line.seconds / max(total.seconds, 1e-12)),
                milliseconds(line.productSeconds),
                Figures.fixed(perStep(line.productOperations) / 1e9, 2),
                Figures.fixed(
                    line.productOperations / max(line.productSeconds, 1e-12) / 1e9, 0))
        }
        return table
    }

    private func perStep(_ value: Double) -> Double { value / Double(max(1, steps)) }

    private func milliseconds(_ seconds: Double) -> String {
        Figures.fixed(1000 * perStep(seconds), 2)
    }
}
