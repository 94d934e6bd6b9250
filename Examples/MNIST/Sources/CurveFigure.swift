import Foundation
import RealModule

/// The bound over the epochs of a run, as SVG.
struct CurveFigure {
    let title: String
    let records: [EpochRecord]

    private static let (width, height) = (640.0, 400.0)
    private static let (left, right, top, bottom) = (64.0, 16.0, 40.0, 48.0)

    /// The file.
    var svg: String {
        let (width, height) = (Self.width, Self.height)
        let (left, right, top, bottom) = (Self.left, Self.right, Self.top, Self.bottom)
        let values = records.flatMap { [$0.train.elbo, $0.test.elbo] }
        let step = Self.step(for: (values.max() ?? 0) - (values.min() ?? 0))
        let low = ((values.min() ?? 0) / step).rounded(.down) * step
        let high = max(low + step, ((values.max() ?? 0) / step).rounded(.up) * step)
        let last = Double(max(2, records.count))
        func x(_ epoch: Double) -> Double {
            left + (width - left - right) * (epoch - 1) / (last - 1)
        }
        func y(_ value: Double) -> Double {
            top + (height - top - bottom) * (high - value) / (high - low)
        }
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 400\" "
                + "font-family=\"sans-serif\" font-size=\"12\">",
            "<rect width=\"640\" height=\"400\" fill=\"white\"/>",
            text(Self.escaped(title), x: left, y: 20, anchor: "start"),
            text("epoch", x: (left + width - right) / 2, y: height - 10, anchor: "middle"),
            text("ELBO, nats an image", x: left, y: 34, anchor: "start"),
        ]
        for tick in 0...Int(((high - low) / step).rounded()) {
            let value = low + Double(tick) * step
            lines.append(
                "<path d=\"M\(figure(left)) \(figure(y(value)))H\(figure(width - right))\" "
                    + "stroke=\"#ddd\"/>")
            lines.append(text("\(Int(value))", x: left - 6, y: y(value) + 4, anchor: "end"))
        }
        for epoch in Set([1, records.count / 2, records.count]).filter({ $0 > 0 }).sorted() {
            lines.append(
                text("\(epoch)", x: x(Double(epoch)), y: height - bottom + 18, anchor: "middle"))
        }
        let curves = [("train", "#1f77b4", \EpochRecord.train), ("test", "#d62728", \.test)]
        for (index, (name, color, part)) in curves.enumerated() {
            let points = records.map {
                figure(x(Double($0.epoch))) + "," + figure(y($0[keyPath: part].elbo))
            }
            lines.append(
                "<polyline fill=\"none\" stroke=\"\(color)\" stroke-width=\"1.5\" "
                    + "points=\"\(points.joined(separator: " "))\"/>")
            lines.append(
                "<text x=\"\(figure(width - right - 8))\" "
                    + "y=\"\(figure(height - bottom - 28 + 18 * Double(index)))\" "
                    + "text-anchor=\"end\" fill=\"\(color)\">\(name)</text>")
        }
        return lines.joined(separator: "\n") + "\n</svg>\n"
    }

    /// A round distance between lines that makes at most ten of them.
    private static func step(for range: Double) -> Double {
        var step = 1.0
        for factor in [2, 2.5, 2, 2, 2.5, 2, 2, 2.5, 2] where range / step > 10 { step *= factor }
        return step
    }

    private func figure(_ value: Double) -> String { String(format: "%.1f", value) }

    private func text(_ text: String, x: Double, y: Double, anchor: String) -> String {
        "<text x=\"\(figure(x))\" y=\"\(figure(y))\" text-anchor=\"\(anchor)\">\(text)</text>"
    }

    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;")
            .replacingOccurrences(of: "<", with: "&lt;")
    }
}
