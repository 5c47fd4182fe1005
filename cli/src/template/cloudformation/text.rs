//! Texts as CloudFormation writes them, and how each of its dialects names things.

use crate::template::cloudformation::ALIAS;
use crate::template::model::{Deployment, Parameter};
use crate::template::plan::names::kebab;
use crate::template::text::{Kind, Piece, Resource, Text};
use crate::template::yaml::{Map, Node};

/// The formats that CloudFormation is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    CloudFormation,
    Sam,
    Serverless,
}

/// Writes parts of a template.
pub(crate) struct Writer<'d> {
    pub(crate) dialect: Dialect,
    pub(crate) of: &'d Deployment,
}

/// How a piece is referred to.
enum Reference {
    Ref(String),
    GetAtt(String, &'static str),
    /// A variable of the Serverless Framework, which is filled in before CloudFormation sees it.
    Variable(String),
    Literal(String),
}

impl Writer<'_> {
    /// A text: itself, a reference, or a substitution.
    pub(crate) fn text(&self, text: &Text) -> Node {
        let references: Vec<Reference> = text.0.iter().map(|piece| self.reference(piece)).collect();
        match references.as_slice() {
            [Reference::Ref(id)] => Map::of("Ref", id).into(),
            [Reference::GetAtt(id, attribute)] => get_att(id, attribute),
            all if all.iter().all(|one| matches!(one, Reference::Variable(_) | Reference::Literal(_))) => {
                let plain = all.iter().map(|one| match one {
                    Reference::Variable(text) => text.clone(),
                    Reference::Literal(text) => self.literal(text),
                    Reference::Ref(_) | Reference::GetAtt(..) => String::new(),
                });
                Node::Text(plain.collect())
            }
            all => {
                let parts = all.iter().map(|one| match one {
                    Reference::Ref(id) => format!("${{{id}}}"),
                    Reference::GetAtt(id, attribute) => format!("${{{id}.{attribute}}}"),
                    Reference::Variable(text) => text.clone(),
                    // In a substitution `${!` is a `${` that stays.
                    Reference::Literal(text) => text.replace("${", "${!"),
                });
                Map::of("Fn::Sub", parts.collect::<String>()).into()
            }
        }
    }

    /// A text that is known, where no intrinsic function is.
    pub(crate) fn literal(&self, text: &str) -> String {
        match self.dialect {
            Dialect::Serverless => text.replace("${", "\\${"),
            Dialect::CloudFormation | Dialect::Sam => text.to_owned(),
        }
    }

    fn reference(&self, piece: &Piece) -> Reference {
        let serverless = self.dialect == Dialect::Serverless;
        match piece {
            Piece::Literal(text) => Reference::Literal(text.clone()),
            Piece::Stage if serverless => Reference::Variable("${sls:stage}".to_owned()),
            Piece::Stage => Reference::Ref("Stage".to_owned()),
            Piece::Region => Reference::Ref("AWS::Region".to_owned()),
            Piece::Account => Reference::Ref("AWS::AccountId".to_owned()),
            Piece::Partition => Reference::Ref("AWS::Partition".to_owned()),
            // Its default may hold what the syntax of variables is made of, so it stands in `params`.
            Piece::Parameter(id) if serverless => Reference::Variable(format!("${{param:{}}}", kebab(id))),
            Piece::Parameter(id) => Reference::Ref(id.clone()),
            Piece::Arn(resource) => self.arn(resource),
            Piece::Name(resource) => Reference::Ref(self.logical_id(resource)),
        }
    }

    fn arn(&self, resource: &Resource) -> Reference {
        let id = self.logical_id(resource);
        match resource.kind {
            Kind::Topic | Kind::TargetGroup => Reference::Ref(id),
            Kind::Target if self.is_provisioned(&resource.id) => Reference::Ref(match self.dialect {
                Dialect::CloudFormation => format!("{}Alias", resource.id),
                // Made by SAM for `AutoPublishAlias`, as its page on generated resources says.
                Dialect::Sam => format!("{id}Alias{ALIAS}"),
                Dialect::Serverless => format!("{}ProvConcLambdaAlias", resource.id),
            }),
            _ => Reference::GetAtt(id, "Arn"),
        }
    }

    fn is_provisioned(&self, id: &str) -> bool {
        self.of.functions.iter().any(|function| function.id == id && function.provisioned_concurrency.is_some())
    }

    pub(crate) fn logical_id(&self, resource: &Resource) -> String {
        match (self.dialect, resource.kind) {
            // Made by the framework.
            (Dialect::Serverless, Kind::Target) => format!("{}LambdaFunction", resource.id),
            (Dialect::Serverless, Kind::HttpApi) => "HttpApi".to_owned(),
            _ => resource.logical_id(),
        }
    }

    /// The parameters as CloudFormation declares them, the stage's first.
    pub(crate) fn parameters(&self) -> Map {
        let mut parameters = Map::new();
        if self.of.stage.is_none() {
            let stage = Map::new()
                .with("Type", "String")
                .with("Default", "dev")
                .with("Description", "The stage: part of the names of what is deployed")
                .with("AllowedPattern", "^[a-z][a-z0-9-]{0,15}$");
            parameters.set("Stage", stage);
        }
        for Parameter { id, description, default, is_list, .. } in &self.of.parameters {
            let is_text_to_give = default.is_none() && !is_list;
            let parameter = Map::new()
                .with("Type", if *is_list { "CommaDelimitedList" } else { "String" })
                .maybe("Default", default.as_ref())
                .maybe("MinLength", is_text_to_give.then_some(1u32))
                .with("Description", description);
            parameters.set(id, parameter);
        }
        parameters
    }
}

pub(crate) fn get_att(id: &str, attribute: &str) -> Node {
    Map::of("Fn::GetAtt", vec![id, attribute]).into()
}
